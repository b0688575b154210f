package dev.lora4j.core.tensor.djl;

import ai.djl.util.ClassLoaderUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/**
 * A libtorch in a jar on the class path.
 *
 * @param build its version with the date of the jar, {@code 2.7.1-20250812}
 * @param flavor {@code cpu}, or CUDA with its version, {@code cu124}
 * @param classifier the system it is for, {@code linux-x86_64}
 * @param libraries the names of its files
 */
record BundledLibtorch(String build, String flavor, String classifier, List<String> libraries) {
  /** All libtorches on the class path, for any system. */
  static List<BundledLibtorch> onClassPath() {
    try {
      List<BundledLibtorch> all = new ArrayList<>();
      ClassLoader loader = ClassLoaderUtils.getContextClassLoader();
      for (URL url : Collections.list(loader.getResources("native/lib/pytorch.properties"))) {
        Properties properties = new Properties();
        try (InputStream in = url.openStream()) {
          properties.load(in);
        }
        List<String> libraries = List.of(properties.getProperty("libraries", "").split(","));
        // A jar without libraries only asks the engine's loader to download some.
        if (properties.getProperty("placeholder") == null) {
          all.add(
              new BundledLibtorch(
                  properties.getProperty("version", ""),
                  properties.getProperty("flavor", "cpu"),
                  properties.getProperty("classifier", ""),
                  libraries));
        }
      }
      return List.copyOf(all);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the class path failed", e);
    }
  }

  /** Version, {@code 2.7.1}. */
  String version() {
    return build.replaceFirst("-.*", "");
  }

  /** Returns true if it can compute on a card. */
  boolean cuda() {
    return flavor.startsWith("cu");
  }

  /** Class path resource of a library's file. */
  String resource(String library) {
    return "pytorch/" + flavor + "/" + classifier + "/" + library;
  }

  /** The name of the folder that it is unpacked to; the engine's own loader uses the same. */
  String folderName() {
    return build + "-" + flavor + "-" + classifier;
  }
}
