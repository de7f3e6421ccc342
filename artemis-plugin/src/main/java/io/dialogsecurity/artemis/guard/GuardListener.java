package io.dialogsecurity.artemis.guard;

/** Is told what the guard decides; decides nothing. Called on the broker's threads: quick, thread-safe. */
public interface GuardListener {

    /** A sealed message passed every check and is on its way to be routed. */
    void accepted(String address);

    /** An identical copy of a message that is stored was taken from its sender and goes nowhere. */
    void absorbed(Resend resend);

    /** Two different messages have one number; both are stored. */
    void forked(Fork fork);

    /** A message was refused. */
    void refused(Refusal refusal);

    /** A message would have been refused, had policy not said that nothing is to be refused yet. */
    void wouldRefuse(Refusal refusal);

    /** A message that is not sealed passed, because policy says that this is to be borne with for a while. */
    void tolerated(String address, String user, String protocol);

    /** A consumer is not given messages, or not opened ones; told once in a while. */
    void withheld(Withheld withheld);

    /** A message that was refused could not be kept. */
    void quarantineFailed(String address, String why);

    /** A hook failed for a reason of ours; whatever it was asked about has been refused. */
    void failed(String hook, Throwable cause);
}
