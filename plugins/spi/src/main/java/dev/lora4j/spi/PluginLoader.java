package dev.lora4j.spi;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.SecureClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one plug-in, out of the bytes of its jar and of nothing else. Of the host it sees
 * the packages that the libraries export, and of theirs no resources; everything else it brings
 * itself, also in another version than the host has.
 */
final class PluginLoader extends SecureClassLoader implements Closeable {
  static {
    ClassLoader.registerAsParallelCapable();
  }

  /**
   * Packages that the annotations and types of extension points need in addition to the libraries'
   * own.
   */
  private static final List<String> SHARED = List.of("org.jspecify.annotations", "picocli");

  private static final String EXPORTS = "META-INF/lora4j/exports.txt";

  private static final String OURS = "dev.lora4j";

  private static final ClassLoader HOST = PluginLoader.class.getClassLoader();

  /** Found out once: all plug-ins have the same host. */
  private static final class OfHost {
    static final Set<String> EXPORTED = exported(HOST);
  }

  /** Most bytes of a class or a resource. */
  private static final int MOST = 1 << 30;

  private static final int LEAST_VERSION = 9;

  private final Path file;
  private final ProtectionDomain domain;
  private final Attributes attributes;
  private volatile Optional<JarBytes> jar;

  private PluginLoader(Path file, JarBytes jar, Attributes attributes) throws IOException {
    super(file.toString(), ClassLoader.getPlatformClassLoader());
    this.file = file;
    this.jar = Optional.of(jar);
    this.attributes = attributes;
    CodeSource source = new CodeSource(file.toUri().toURL(), (CodeSigner[]) null);
    this.domain = new ProtectionDomain(source, null, this, null);
  }

  /** The classes of a jar; the loader has the file's name, which stack traces show. */
  static PluginLoader of(Path file, JarBytes jar) throws IOException {
    return new PluginLoader(file, jar, PluginJar.manifest(jar).getMainAttributes());
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
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] code =
        content(name.replace('.', '/') + ".class")
            .orElseThrow(() -> new ClassNotFoundException(name));
    int dot = name.lastIndexOf('.');
    if (dot > 0) {
      definePackage(name.substring(0, dot));
    }
    return defineClass(name, code, 0, code.length, domain);
  }

  /** Defines a package with the manifest's attributes: libraries read their own version from it. */
  private void definePackage(String name) {
    if (getDefinedPackage(name) == null) {
      try {
        definePackage(
            name,
            attributes.getValue(Attributes.Name.SPECIFICATION_TITLE),
            attributes.getValue(Attributes.Name.SPECIFICATION_VERSION),
            attributes.getValue(Attributes.Name.SPECIFICATION_VENDOR),
            attributes.getValue(Attributes.Name.IMPLEMENTATION_TITLE),
            attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION),
            attributes.getValue(Attributes.Name.IMPLEMENTATION_VENDOR),
            null);
      } catch (IllegalArgumentException e) {
        // Another thread was faster.
      }
    }
  }

  /** Content of an entry, in the version for this Java platform. */
  private Optional<byte[]> content(String name) {
    Optional<JarBytes> open = jar;
    if (open.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (Boolean.parseBoolean(attributes.getValue(Attributes.Name.MULTI_RELEASE))
          && !name.startsWith("META-INF/")) {
        for (int v = Runtime.version().feature(); v >= LEAST_VERSION; v--) {
          Optional<byte[]> found = open.get().entry("META-INF/versions/" + v + "/" + name, MOST);
          if (found.isPresent()) {
            return found;
          }
        }
      }
      return open.get().entry(name, MOST);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " of " + file + " cannot be read", e);
    }
  }

  private Optional<URL> located(String name) {
    return content(name)
        .map(
            found ->
                PluginResource.url(
                    file,
                    name,
                    () ->
                        content(name)
                            .orElseThrow(() -> new IllegalStateException(file + " was closed"))));
  }

  @Override
  protected @Nullable URL findResource(String name) {
    return located(name).orElse(null);
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    return Collections.enumeration(located(name).stream().toList());
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return findResources(name);
  }

  /** Lets the bytes go; no class is found from then on. */
  @Override
  public void close() {
    jar = Optional.empty();
  }
}
