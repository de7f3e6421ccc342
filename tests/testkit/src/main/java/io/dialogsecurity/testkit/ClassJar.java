package io.dialogsecurity.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Packs a few classes of this JVM's class path into a jar, to give them to a broker. */
public final class ClassJar {

    private ClassJar() {}

    /**
     * Writes a jar.
     *
     * @param classNames binary names; nested and anonymous classes have to be named as well
     * @return the jar
     */
    public static Path write(Path jar, String... classNames) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String className : classNames) {
                String entry = className.replace('.', '/') + ".class";
                try (InputStream bytes = ClassJar.class.getClassLoader().getResourceAsStream(entry)) {
                    if (bytes == null) {
                        throw new FileNotFoundException(entry);
                    }
                    out.putNextEntry(new JarEntry(entry));
                    bytes.transferTo(out);
                    out.closeEntry();
                }
            }
        }
        return jar;
    }
}
