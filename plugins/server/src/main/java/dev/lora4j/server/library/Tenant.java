package dev.lora4j.server.library;

import java.util.regex.Pattern;

/**
 * Account of a client, with adapters of its own.
 *
 * @param name letters, digits, dots, dashes and underscores, not beginning with a dot or a dash;
 *     empty for {@link #SHARED}
 */
public record Tenant(String name) {
  /** No account: the owner of what all may use, and a client that has nothing of its own. */
  public static final Tenant SHARED = new Tenant("");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

  /** Checks the name. */
  public Tenant {
    if (!name.isEmpty() && !valid(name)) {
      throw new IllegalArgumentException(
          "The name of a tenant has 1 to 64 letters, digits, dots, dashes and underscores and"
              + " begins with none of the first two marks; found "
              + name.length()
              + " characters of others. Choose another name.");
    }
  }

  /** Returns true if a tenant can be called so. */
  public static boolean valid(String name) {
    return NAME.matcher(name).matches();
  }

  @Override
  public String toString() {
    return name.isEmpty() ? "all tenants" : "tenant " + name;
  }
}
