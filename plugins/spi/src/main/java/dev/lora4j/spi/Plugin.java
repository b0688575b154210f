package dev.lora4j.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A jar of a plug-ins folder: its description of itself, whether it is used and, from the first
 * request for one of its extensions, its classes in a class loader of their own.
 *
 * <p>A quarantined plug-in is not used, for a reason that every request for one of its extensions
 * reports. Its resources are closed then.
 */
public final class Plugin implements ExtensionSource, AutoCloseable {
  private final PluginJar jar;
  private final Optional<String> sha256;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private Optional<PluginLoader> loader = Optional.empty();
  private Optional<String> quarantine;

  private Plugin(PluginJar jar, Optional<String> sha256, Optional<String> quarantine) {
    this.jar = jar;
    this.sha256 = sha256;
    this.quarantine = quarantine;
  }

  /** A plug-in for use. */
  public static Plugin of(PluginJar jar) {
    return new Plugin(jar, Optional.empty(), Optional.empty());
  }

  /** A plug-in for use as long as the file has this hash, in hexadecimal. */
  static Plugin of(PluginJar jar, String sha256) {
    return new Plugin(jar, Optional.of(sha256), Optional.empty());
  }

  /** A quarantined plug-in, with the reason. */
  public static Plugin quarantined(PluginJar jar, String reason) {
    return new Plugin(jar, Optional.empty(), Optional.of(reason));
  }

  /** The jar's description of itself. */
  public PluginJar jar() {
    return jar;
  }

  @Override
  public String origin() {
    return jar.file().toString();
  }

  @Override
  public List<ExtensionInfo> extensions() {
    return jar.extensions();
  }

  /** Reason for the quarantine; empty if it is in use. */
  public synchronized Optional<String> quarantine() {
    return quarantine;
  }

  /** Returns true if its code caused the quarantine while it was in use. */
  public synchronized boolean failed() {
    return quarantine.isPresent() && loader.isPresent();
  }

  /**
   * Takes it out of use. The first reason stays.
   *
   * @param reason the rest of a sentence that begins with what is not used
   */
  public synchronized void quarantine(String reason) {
    if (quarantine.isEmpty()) {
      quarantine = Optional.of(reason);
      close();
    }
  }

  /**
   * Registers a resource to close with this plug-in, or at its quarantine; closes it at once if
   * that has happened.
   */
  public synchronized void own(AutoCloseable resource) {
    owned.add(resource);
    if (quarantine.isPresent()) {
      close();
    }
  }

  /** Removes a resource from those to close; does nothing if they are closed. */
  public synchronized void disown(AutoCloseable resource) {
    owned.removeIf(one -> one == resource);
  }

  @Override
  public synchronized Class<?> load(ExtensionInfo info) {
    if (quarantine.isPresent()) {
      throw new ExtensionException(jar.file() + " is not used: " + quarantine.get() + ".");
    }
    try {
      if (loader.isEmpty()) {
        loader = Optional.of(opened());
      }
      Class<?> type = Class.forName(info.type(), true, loader.get());
      if (!info.equals(ExtensionType.of(type))) {
        throw new ExtensionException(info.type() + " is not what its index says");
      }
      return type;
    } catch (Exception | Error e) {
      throwIfEnding(e);
      quarantine(info.type() + " cannot be loaded: " + e);
      throw new ExtensionException(jar.file() + " is not used: " + quarantine.get() + ".", e);
    }
  }

  /** The classes in the bytes that were looked at and, where it had to be, admitted. */
  private PluginLoader opened() throws IOException {
    byte[] content = PluginFile.bytes(jar.file(), PluginFile.JAR);
    JarBytes bytes = JarBytes.of(content);
    if (sha256.filter(hash -> !hash.equals(PluginFile.sha256(content))).isPresent()
        || !PluginJar.read(jar.file(), bytes).equals(jar)) {
      throw new IOException("the file was changed after it was looked at; start again");
    }
    return PluginLoader.of(jar.file(), bytes);
  }

  /**
   * Rethrows errors that mean the end of the process, such as exhausted memory. After all other
   * errors of foreign code work continues: a stack that was full is empty again by then.
   */
  public static void throwIfEnding(Throwable thrown) {
    if (thrown instanceof VirtualMachineError end && !(end instanceof StackOverflowError)) {
      throw end;
    }
  }

  /** Returns true if a class was loaded from it. */
  public synchronized boolean loaded(Class<?> type) {
    return loader.filter(l -> l == type.getClassLoader()).isPresent();
  }

  /**
   * Runs code of one of its extensions. An error that shows that it does not fit this version of
   * the libraries, a missing class or method, quarantines it; exceptions of its code pass through.
   *
   * @throws ExtensionException if it does not fit
   */
  public <T> T call(Callable<T> work) throws Exception {
    try {
      return work.call();
    } catch (LinkageError e) {
      throw misfit(e);
    }
  }

  /** Quarantines it for an error that shows that it does not fit. */
  ExtensionException misfit(LinkageError thrown) {
    quarantine("it was built for another version: " + thrown);
    return new ExtensionException(
        jar.file() + " is not used: " + quarantine().orElse("") + ".", thrown);
  }

  /** The file. */
  public Path file() {
    return jar.file();
  }

  /** Closes its resources and its classes. It can be closed again. */
  @Override
  public synchronized void close() {
    List<AutoCloseable> all = new ArrayList<>(owned);
    owned.clear();
    for (AutoCloseable resource : all) {
      try {
        resource.close();
      } catch (Exception e) {
        // The others are to be closed all the same.
        System.getLogger(Plugin.class.getName())
            .log(
                System.Logger.Level.WARNING,
                () -> resource + " of " + jar.file() + " does not close",
                e);
      }
    }
    loader.ifPresent(PluginLoader::close);
  }
}
