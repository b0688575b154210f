package dev.lora4j.diffusion.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of files and folders in stores, such as {@code s3a://bucket/base}, among paths. */
public final class StoreAddress {
  /** With two letters at least, as Windows has drives of one. */
  private static final String SCHEME = "[A-Za-z][A-Za-z0-9+.-]+";

  private static final Pattern ADDRESS = Pattern.compile(SCHEME + "://.+");

  /** A path that was made of an address has one slash left. */
  private static final Pattern SHORTENED = Pattern.compile("(" + SCHEME + "):/([^/].*)");

  private StoreAddress() {}

  /** True if a text is an address, and no path. */
  public static boolean is(String place) {
    return ADDRESS.matcher(place).matches();
  }

  /** The address that a text is, or that the path was made of which it is, if that is no file. */
  public static Optional<String> of(String place) {
    if (is(place)) {
      return Optional.of(place);
    }
    Matcher shortened = SHORTENED.matcher(place);
    return shortened.matches() && Files.notExists(Path.of(place))
        ? Optional.of(shortened.group(1) + "://" + shortened.group(2))
        : Optional.empty();
  }
}
