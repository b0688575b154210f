package dev.lora4j.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The extensions that there are, by point and name: those of the class path, and those of plug-ins
 * that an application adds. Listing runs none of their code.
 *
 * <p>Safe for use by several threads.
 */
public final class Extensions {
  /**
   * An extension and where it is from.
   *
   * @param origin for people: a file, or the class path
   */
  public record Installed(ExtensionInfo info, String origin) {}

  private record Known(ExtensionInfo info, ExtensionSource source) {}

  private static final class OfThisProcess {
    static final Extensions INSTALLED = new Extensions(Extensions.class.getClassLoader());
  }

  private final ClassPathSource classPath;
  private final List<Plugin> plugins = new CopyOnWriteArrayList<>();
  private final Map<String, Map<String, Known>> ofClassPath = new LinkedHashMap<>();
  private final Map<Class<?>, SortedMap<String, ?>> shared = new ConcurrentHashMap<>();

  private Extensions(ClassLoader loader) {
    this.classPath = new ClassPathSource(loader);
  }

  /** Extensions of this process. */
  public static Extensions installed() {
    return OfThisProcess.INSTALLED;
  }

  /** Extensions that a class loader finds, apart from {@link #installed}. */
  public static Extensions of(ClassLoader loader) {
    return new Extensions(loader);
  }

  /**
   * Adds plug-ins. One whose names are taken already is quarantined; no plug-in replaces what
   * another, or the class path, has under a name.
   */
  public synchronized void add(List<Plugin> more) {
    shared.clear();
    for (Plugin plugin : more) {
      if (plugin.quarantine().isEmpty()) {
        taken(plugin.jar(), other -> true).ifPresent(plugin::quarantine);
      }
      plugins.add(plugin);
    }
  }

  /**
   * Reason why a jar's names prevent its use next to the existing jars; it replaces a jar of the
   * same file name.
   */
  Optional<String> taken(PluginJar jar) {
    return taken(jar, other -> !other.file().getFileName().equals(jar.file().getFileName()));
  }

  private Optional<String> taken(PluginJar jar, Predicate<Plugin> others) {
    for (ExtensionInfo info : jar.extensions()) {
      Optional<Known> other;
      try {
        other =
            known(info.point()).stream()
                .filter(k -> k.info().name().equals(info.name()))
                .filter(k -> !(k.source() instanceof Plugin plugin) || others.test(plugin))
                .findFirst();
      } catch (ExtensionException e) {
        // Such as a service of the platform in a faulty index.
        return Optional.of(
            "it brings " + info.name() + " of " + info.point() + ": " + e.getMessage());
      }
      if (other.isPresent()) {
        return Optional.of(
            "it brings the "
                + info.pointName()
                + " "
                + info.name()
                + ", which is there already, from "
                + other.get().source().origin());
      }
    }
    return Optional.empty();
  }

  /** Takes plug-ins away again and closes them. */
  public synchronized void remove(List<Plugin> gone) {
    shared.clear();
    plugins.removeAll(gone);
    gone.forEach(Plugin::close);
  }

  /** The plug-ins that were added, also those that are not used. */
  public List<Plugin> plugins() {
    return List.copyOf(plugins);
  }

  /** All extensions of a point by name. */
  public List<Installed> list(Class<?> point) {
    return known(point).stream().map(k -> new Installed(k.info(), k.source().origin())).toList();
  }

  /** All extensions of all points: the content of indexes. */
  public List<Installed> list() {
    List<Installed> all = new ArrayList<>();
    classPath.extensions().forEach(i -> all.add(new Installed(i, classPath.origin())));
    for (Plugin plugin : plugins) {
      if (plugin.quarantine().isEmpty()) {
        plugin.extensions().forEach(i -> all.add(new Installed(i, plugin.origin())));
      }
    }
    all.sort(
        Comparator.comparing((Installed i) -> i.info().pointName())
            .thenComparing(i -> i.info().name()));
    return all;
  }

  /** Description of an extension; empty if there is none of this name. */
  public Optional<Installed> find(Class<?> point, String name) {
    return list(point).stream().filter(i -> i.info().name().equals(name)).findFirst();
  }

  /**
   * Description of an extension.
   *
   * @throws ExtensionException if there is none of this name, with the message of {@link #make}
   */
  public ExtensionInfo info(Class<?> point, String name) {
    return find(point, name).map(Installed::info).orElseThrow(() -> missing(point, name));
  }

  /**
   * Makes an extension.
   *
   * @param text its name and settings, as {@link ExtensionRequest#parse} reads them
   * @throws ExtensionException if there is none of this name, naming those there are and what would
   *     bring it; if a setting is unknown, missing or wrong; or if its plug-in is broken
   */
  public <T> T make(Class<T> point, String text) {
    return make(point, ExtensionRequest.parse(text));
  }

  /** Makes an extension, see {@link #make(Class, String)}. */
  public <T> T make(Class<T> point, ExtensionRequest request) {
    Known known =
        known(point).stream()
            .filter(k -> k.info().name().equals(request.name()))
            .findFirst()
            .orElseThrow(() -> missing(point, request.name()));
    Class<?> type = known.source().load(known.info());
    return point.cast(ExtensionFactory.make(known.info(), type, request.settings()));
  }

  /**
   * All extensions of a point by name, with default settings, made once and shared: the same map
   * until plug-ins come or go. An extension with required settings is left out, and so is one whose
   * plug-in turns out to be broken: only a request by name reports it.
   */
  @SuppressWarnings("unchecked") // What stands under a point was made of its type.
  public <T> SortedMap<String, T> shared(Class<T> point) {
    SortedMap<String, ?> all = shared.get(point);
    if (all == null) {
      synchronized (this) {
        all = shared.get(point);
        if (all == null) {
          all = made(point);
          shared.put(point, all);
        }
      }
    }
    return (SortedMap<String, T>) all;
  }

  private <T> SortedMap<String, T> made(Class<T> point) {
    SortedMap<String, T> made = new TreeMap<>();
    for (Known known : known(point)) {
      try {
        if (known.info().ready()) {
          ExtensionRequest plain = new ExtensionRequest(known.info().name(), Map.of());
          made.put(plain.name(), make(point, plain));
        }
      } catch (ExtensionException e) {
        if (known.source() == classPath) {
          throw e;
        }
      }
    }
    return Collections.unmodifiableSortedMap(made);
  }

  /**
   * The extension of this name from {@link #shared(Class)}.
   *
   * @throws ExtensionException if there is none, with the message of {@link #make}
   */
  public <T> T shared(Class<T> point, String name) {
    T found = shared(point).get(name);
    // A missing extension is requested again, for its own reason.
    return found != null ? found : make(point, new ExtensionRequest(name, Map.of()));
  }

  /**
   * Answer of an extension, where all of its point answer in turn. If a plug-in's code fails or
   * returns null, its plug-in goes into quarantine, which is logged, and the answer is {@code
   * otherwise}: one plug-in does not stop the work of others.
   *
   * @param extension from {@link #shared(Class)}
   * @throws RuntimeException what an extension of the class path throws, errors too
   */
  public <V> V ask(Object extension, Supplier<V> question, V otherwise) {
    try {
      return Objects.requireNonNull(question.get(), "it answers null");
    } catch (RuntimeException | Error e) {
      Plugin.throwIfEnding(e);
      Optional<Plugin> its = plugin(extension);
      if (its.isEmpty()) {
        throw e;
      }
      Plugin plugin = its.get();
      synchronized (this) {
        if (plugin.quarantine().isEmpty()) {
          plugin.quarantine(extension.getClass().getName() + " failed when it was asked: " + e);
          shared.clear();
          System.getLogger(Extensions.class.getName())
              .log(
                  System.Logger.Level.WARNING,
                  () -> plugin.origin() + " is not used: " + plugin.quarantine().orElse(""));
        }
      }
      return otherwise;
    }
  }

  /**
   * The plug-in that an extension is of; none if it is of the class path.
   *
   * @param extension made by {@link #make}
   */
  public Optional<Plugin> plugin(Object extension) {
    return plugins.stream().filter(p -> p.loaded(extension.getClass())).findFirst();
  }

  /**
   * The plug-in whose code met a class or method that is missing, wherever it was called from. It
   * is quarantined.
   *
   * @return the error to report; empty if it is not of a plug-in
   */
  public Optional<ExtensionException> culprit(LinkageError thrown) {
    return thrower(thrown).map(plugin -> plugin.misfit(thrown));
  }

  /** The plug-in whose code threw an exception, or called the code that did. */
  public Optional<Plugin> thrower(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      for (Plugin plugin : plugins) {
        if (plugin.origin().equals(frame.getClassLoaderName())) {
          return Optional.of(plugin);
        }
      }
    }
    return Optional.empty();
  }

  private List<Known> known(Class<?> point) {
    return known(point.getName());
  }

  private List<Known> known(String point) {
    List<Known> all = new ArrayList<>(classPath(point).values());
    all.addAll(ofPlugins(point));
    all.sort(Comparator.comparing(k -> k.info().name()));
    return all;
  }

  private List<Known> ofPlugins(String point) {
    List<Known> all = new ArrayList<>();
    for (Plugin plugin : plugins) {
      if (plugin.quarantine().isEmpty()) {
        for (ExtensionInfo info : plugin.extensions()) {
          if (info.point().equals(point)) {
            all.add(new Known(info, plugin));
          }
        }
      }
    }
    return all;
  }

  private synchronized Map<String, Known> classPath(String point) {
    return ofClassPath.computeIfAbsent(
        point,
        name ->
            byName(
                Stream.concat(
                    classPath.extensions().stream().filter(i -> i.point().equals(name)),
                    classPath.unindexed(name).stream())));
  }

  private Map<String, Known> byName(Stream<ExtensionInfo> infos) {
    Map<String, Known> byName = new LinkedHashMap<>();
    infos.forEach(
        info -> {
          Known other = byName.put(info.name(), new Known(info, classPath));
          if (other != null) {
            throw new ExtensionException(
                "Two of "
                    + info.pointName()
                    + " are called "
                    + info.name()
                    + ": "
                    + other.info().type()
                    + " and "
                    + info.type()
                    + "; remove one of them from the class path.");
          }
        });
    return byName;
  }

  private ExtensionException missing(Class<?> point, String name) {
    TreeSet<String> names = new TreeSet<>();
    known(point).forEach(k -> names.add(k.info().name()));
    return MissingExtension.of(point, name, names, plugins);
  }
}
