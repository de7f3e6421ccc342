package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.dialog.Rejection;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The registry of rejection codes, for operators. */
@Command(
        name = "rejections",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Why messages are refused: every code, what it means, what to do about it.",
            "",
            "The codes are the same in the audit log, the metrics and the quarantine. A sender only sees that it was"
                    + " refused."
        })
final class RejectionsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CODE", arity = "0..*", description = "Only these: numbers, names or parts of names.")
    private List<String> wanted = List.of();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int found = 0;
        for (Rejection rejection : Rejection.values()) {
            if (wanted.isEmpty() || wanted.stream().anyMatch(word -> means(word, rejection))) {
                RejectionGuide.Advice advice = RejectionGuide.of(rejection);
                out.printf(
                        "%2d  %s%n    %s%n    -> %s%n", rejection.code(), rejection, advice.meaning(), advice.remedy());
                found++;
            }
        }
        if (found == 0) {
            throw CommandFailure.failed("no rejection is called " + wanted + "; without a name all are listed");
        }
        return ExitCode.OK;
    }

    private static boolean means(String word, Rejection rejection) {
        return word.equals(Integer.toString(rejection.code()))
                || (!word.matches("[0-9]+")
                        && rejection
                                .name()
                                .contains(word.toUpperCase(Locale.ROOT).replace('-', '_')));
    }
}
