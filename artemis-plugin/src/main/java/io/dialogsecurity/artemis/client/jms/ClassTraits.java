package io.dialogsecurity.artemis.client.jms;

import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * What the class of this process, not the stream, says of the hashes of its objects.
 *
 * @param identity they are told apart by identity: their hash asks nothing
 * @param ordered a hash table tells two of them that collide apart by one comparison
 * @param resolved the object is another one in the end, which a method of the class makes of what was read
 * @param leavesOut its hash is written by the application, and may leave out what it refers to
 * @param passesArrays an array among its parts is told apart by identity, as collections do
 * @param properties the content of a table is kept in a tree, too
 */
record ClassTraits(
        boolean identity,
        boolean ordered,
        boolean resolved,
        boolean leavesOut,
        boolean passesArrays,
        boolean properties) {

    /** Of what cannot be looked at. */
    private static final ClassTraits UNKNOWN = new ClassTraits(false, false, true, false, false, false);

    private static final String ARRAYS_AS_LIST = "java.util.Arrays$ArrayList";

    private static final ClassValue<ClassTraits> KNOWN = new ClassValue<>() {
        @Override
        protected ClassTraits computeValue(Class<?> type) {
            return look(type);
        }
    };

    private static final ClassValue<Boolean> READS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return declares(type, "readObject", ObjectInputStream.class)
                    || declares(type, "readExternal", ObjectInput.class);
        }
    };

    /** @param type null if the class is not there */
    static ClassTraits of(Class<?> type) {
        return type == null ? UNKNOWN : KNOWN.get(type);
    }

    /**
     * Whether a class reads in its own way what its part of the stream holds, and so may hash it.
     *
     * @param type null if the class is not there
     */
    static boolean reads(Class<?> type) {
        return type == null || READS.get(type);
    }

    static boolean isOfTheJdk(String name) {
        return name.startsWith("java.");
    }

    private static ClassTraits look(Class<?> type) {
        boolean resolved = declaresAbove(type, "readResolve");
        boolean own;
        try {
            Method hash = type.getMethod("hashCode");
            own = hash.getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException | LinkageError e) {
            own = true;
        }
        boolean jdk = isOfTheJdk(type.getName());
        boolean collection = Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type)
                || Map.Entry.class.isAssignableFrom(type)
                || type.getName().equals("java.util.CollSer");
        return new ClassTraits(
                !own && !resolved,
                !jdk || isComparable(type),
                resolved,
                own && !jdk && !type.isRecord(),
                jdk && collection && !type.getName().equals(ARRAYS_AS_LIST),
                Properties.class.isAssignableFrom(type));
    }

    /** As hash tables ask for it: comparable with its own class, by its own declaration. */
    private static boolean isComparable(Class<?> type) {
        for (Type face : type.getGenericInterfaces()) {
            if (face instanceof ParameterizedType generic
                    && generic.getRawType() == Comparable.class
                    && Set.of(generic.getActualTypeArguments()).contains(type)) {
                return true;
            }
        }
        return false;
    }

    private static boolean declaresAbove(Class<?> type, String method) {
        for (Class<?> next = type; next != null; next = next.getSuperclass()) {
            if (declares(next, method)) {
                return true;
            }
        }
        return false;
    }

    private static boolean declares(Class<?> type, String method, Class<?>... parameters) {
        try {
            return type.getDeclaredMethod(method, parameters) != null;
        } catch (NoSuchMethodException e) {
            return false;
        } catch (LinkageError e) {
            return true;
        }
    }
}
