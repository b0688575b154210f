package dev.lora4j.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The class path: the extensions of its indexes, and those that only {@code META-INF/services}
 * lists.
 */
final class ClassPathSource implements ExtensionSource {
  private final ClassLoader loader;
  private final List<ExtensionInfo> indexed;

  ClassPathSource(ClassLoader loader) {
    this.loader = loader;
    this.indexed = new ArrayList<>();
    // A jar that is there twice is one: of each class its loader knows the first alone.
    Set<String> seen = new HashSet<>();
    try {
      for (URL url : Collections.list(loader.getResources(ExtensionIndex.PATH))) {
        try (InputStream in = url.openStream()) {
          ExtensionIndex.read(in).stream().filter(i -> seen.add(i.type())).forEach(indexed::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String origin() {
    return "the class path";
  }

  @Override
  public List<ExtensionInfo> extensions() {
    return Collections.unmodifiableList(indexed);
  }

  /**
   * Extensions of a point that are listed as services alone, from jars built without the processor;
   * loads their classes.
   */
  List<ExtensionInfo> unindexed(String point) {
    Set<String> types = new LinkedHashSet<>();
    try {
      for (URL url : Collections.list(loader.getResources("META-INF/services/" + point))) {
        try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
          lines.lines().map(l -> l.replaceFirst("#.*", "").strip()).forEach(types::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    types.remove("");
    indexed.forEach(info -> types.remove(info.type()));
    List<ExtensionInfo> all = new ArrayList<>();
    for (String type : types) {
      all.add(ExtensionType.of(load(type, false)));
    }
    return all;
  }

  @Override
  public Class<?> load(ExtensionInfo info) {
    return load(info.type(), true);
  }

  private Class<?> load(String type, boolean initialised) {
    try {
      return Class.forName(type, initialised, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ExtensionException(type + " of the class path cannot be loaded: " + e, e);
    }
  }
}
