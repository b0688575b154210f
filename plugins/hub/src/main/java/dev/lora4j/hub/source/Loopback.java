package dev.lora4j.hub.source;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of this machine itself. */
public final class Loopback {
  private static final Pattern NUMBERS = Pattern.compile("127(\\.\\d{1,3}){3}");

  private Loopback() {}

  /** Returns true if a host of a link is this machine, by its name alone. */
  public static boolean named(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.equals("[::1]") || NUMBERS.matcher(name).matches();
  }
}
