package io.dialogsecurity.artemis.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** One run of the command line within this process. */
record CommandLineRun(int exitCode, byte[] rawOut, String err) {

    static CommandLineRun of(Object... args) {
        return of(new byte[0], Map.of(), args);
    }

    static CommandLineRun of(byte[] in, Map<String, String> environment, Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(
                Arrays.stream(args).map(CommandLineRun::text).toArray(String[]::new),
                new ByteArrayInputStream(in),
                out,
                err,
                StandardCharsets.UTF_8,
                environment::get);
        return new CommandLineRun(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static String text(Object arg) {
        return arg instanceof Path path ? path.toString() : String.valueOf(arg);
    }

    String out() {
        return new String(rawOut, StandardCharsets.UTF_8);
    }
}
