package io.dialogsecurity.failover;

/** The database under the store. */
final class Database {

    private Database() {}

    /** A JDBC URL as it may be shown. */
    static String withoutSecrets(String url) {
        return url.replaceAll("(?i)(password|pwd)=[^;&]*", "$1=...").replaceAll("//[^/@]*@", "//");
    }
}
