package dev.lora4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * Output of {@code --version}. Reads files of the class path only, so it does not start libtorch.
 */
public final class Version implements IVersionProvider {
  /** The version of this build. */
  public static String own() {
    return property("/dev/lora4j/cli/version.properties", "version");
  }

  /** The version of libtorch that this build brings, or {@code none}. */
  static String libtorch() {
    return property("/native/lib/pytorch.properties", "version").replaceFirst("-.*", "");
  }

  /** A property of a file on the class path, {@code none} if there is no such file. */
  public static String property(String file, String key) {
    try (InputStream in = Version.class.getResourceAsStream(file)) {
      if (in == null) {
        return "none";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty(key, "none");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "lora4j " + own(), "Java " + System.getProperty("java.version") + ", libtorch " + libtorch(),
    };
  }
}
