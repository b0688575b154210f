package dev.lora4j.core.tensor.djl;

import ai.djl.util.ClassLoaderUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Environment that determines which libtorch is loaded.
 *
 * @param setting value of an environment variable, else of a system property; empty if unset
 * @param classifier this system, {@code linux-x86_64}
 * @param engine version of DJL's engine, {@code 0.36.0}
 * @param binding version of {@code pytorch-jni}, {@code 2.7.1-0.36.0}; empty if it is missing
 * @param bound whether the binding has a library for this system and a flavor
 * @param bundled the libtorches on the class path
 * @param driver NVIDIA's driver, if there is one
 */
record LibtorchEnvironment(
    Function<String, String> setting,
    String classifier,
    String engine,
    String binding,
    Predicate<String> bound,
    List<BundledLibtorch> bundled,
    Supplier<Optional<NvidiaDriver>> driver) {

  /** Environment of this process. */
  static LibtorchEnvironment ofThisProcess() {
    ClassLoader loader = ClassLoaderUtils.getContextClassLoader();
    String classifier = system() + "-" + System.getProperty("os.arch").replace("amd64", "x86_64");
    return new LibtorchEnvironment(
        name -> System.getenv().getOrDefault(name, System.getProperty(name, "")),
        classifier,
        property("pytorch-engine.properties", "djl_version"),
        property("jnilib/pytorch.properties", "jni_version"),
        flavor -> loader.getResource(bindingResource(classifier, flavor)) != null,
        BundledLibtorch.onClassPath(),
        NvidiaDriver::find);
  }

  private static String bindingResource(String classifier, String flavor) {
    return "jnilib/" + classifier + "/" + flavor + "/" + System.mapLibraryName("djl_torch");
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (name.startsWith("win")) {
      return "win";
    }
    return name.startsWith("mac") ? "osx" : "linux";
  }

  private static String property(String resource, String key) {
    try (InputStream in = ClassLoaderUtils.getContextClassLoader().getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty(key, "");
    } catch (IOException e) {
      throw new UncheckedIOException("reading the class path failed", e);
    }
  }
}
