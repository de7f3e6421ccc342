package io.dialogsecurity.integration.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.ArtemisDistribution;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing in the broker routes messages but what the design says of. */
class RoutingCallersIT {

    private static final Set<String> METHODS = Set.of("route", "processRoute");
    private static final Pattern ROUTERS =
            Pattern.compile(".*/(PostOffice|PostOfficeImpl|Bindings|BindingsImpl|Binding|Bindable|Queue|Divert)");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)`");

    @Test
    void everyCallerIsInTheTable() throws IOException {
        Set<String> callers = new TreeSet<>();
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(ArtemisDistribution.find().home().resolve("lib"), "artemis-*.jar")) {
            for (Path jar : jars) {
                addCallers(jar, callers);
            }
        }
        assertThat(callers).isEqualTo(table());
    }

    private static Set<String> table() throws IOException {
        String design = Files.readString(Path.of("../../dialog-security/doc/DESIGN.md"));
        Set<String> classes = new TreeSet<>();
        String section = design.substring(design.indexOf("## Ways into a queue"));
        section = section.substring(0, section.indexOf("\n## "));
        for (String line : section.split("\n")) {
            if (line.startsWith("| `")) {
                Matcher names = NAMED.matcher(line.split("\\|")[1]);
                while (names.find()) {
                    classes.add(names.group(1));
                }
            }
        }
        return classes;
    }

    private static void addCallers(Path jar, Set<String> callers) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".class")) {
                    try (InputStream in = file.getInputStream(entry)) {
                        if (callsARouter(new DataInputStream(in))) {
                            callers.add(entry.getName().replaceAll(".*/|[$].*|[.]class", ""));
                        }
                    }
                }
            }
        }
    }

    /** Looks through the constants of a class, JVMS 4.4, for methods it calls. */
    private static boolean callsARouter(DataInputStream in) throws IOException {
        in.skipNBytes(8);
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[][] references = new int[count][];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 3, 4 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++; // takes two places
                }
                case 7, 8, 16, 19, 20 -> references[i] = new int[] {tag, in.readUnsignedShort()};
                case 15 -> in.skipNBytes(3);
                default -> references[i] = new int[] {tag, in.readUnsignedShort(), in.readUnsignedShort()};
            }
        }
        for (int[] reference : references) {
            if (reference != null && (reference[0] == 10 || reference[0] == 11)) {
                String owner = texts[references[reference[1]][1]];
                String method = texts[references[reference[2]][1]];
                if (METHODS.contains(method) && ROUTERS.matcher(owner).matches()) {
                    return true;
                }
            }
        }
        return false;
    }
}
