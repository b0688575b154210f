package dev.lora4j.core.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The classes of one plug-in. Of the host it sees the packages that the libraries export, and of
 * theirs no resources; everything else it brings itself, also in another version than the host has.
 */
final class PluginLoader extends URLClassLoader {
  static {
    ClassLoader.registerAsParallelCapable();
  }

  /** What the annotations and types of extension points need beside the libraries' own packages. */
  private static final List<String> SHARED = List.of("org.jspecify.annotations", "picocli");

  private static final String EXPORTS = "META-INF/lora4j/exports.txt";

  private static final String OURS = "dev.lora4j";

  private static final ClassLoader HOST = PluginLoader.class.getClassLoader();

  /** Found out once: all plug-ins have the same host. */
  private static final class OfHost {
    static final Set<String> EXPORTED = exported(HOST);
  }

  private PluginLoader(String name, URL jar) {
    super(name, new URL[] {jar}, ClassLoader.getPlatformClassLoader());
  }

  /** The classes of a jar; the loader is called as the file is, which stack traces then tell. */
  static PluginLoader of(Path jar) {
    try {
      return new PluginLoader(jar.toString(), jar.toUri().toURL());
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The packages that the host's libraries export to everybody: by their module descriptors and, of
   * jars without one, by the lines of {@value #EXPORTS}.
   */
  static Set<String> exported(ClassLoader host) {
    Set<String> packages = new TreeSet<>(SHARED);
    try {
      for (URL url : Collections.list(host.getResources("module-info.class"))) {
        try (InputStream in = url.openStream()) {
          ModuleDescriptor module = ModuleDescriptor.read(in);
          if (module.name().startsWith(OURS)) {
            module.exports().stream()
                .filter(e -> !e.isQualified())
                .forEach(e -> packages.add(e.source()));
          }
        }
      }
      for (URL url : Collections.list(host.getResources(EXPORTS))) {
        try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
          lines.lines().filter(l -> !l.startsWith("#")).forEach(packages::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packages;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    int dot = name.lastIndexOf('.');
    if (dot > 0 && OfHost.EXPORTED.contains(name.substring(0, dot))) {
      return HOST.loadClass(name);
    }
    synchronized (getClassLoadingLock(name)) {
      try {
        return super.loadClass(name, resolve);
      } catch (ClassNotFoundException e) {
        if (name.startsWith(OURS + ".")
            && HOST.getResource(name.replace('.', '/') + ".class") != null) {
          throw new ClassNotFoundException(
              name + " is in a package that the libraries keep to themselves", e);
        }
        throw e;
      }
    }
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return findResources(name);
  }
}
