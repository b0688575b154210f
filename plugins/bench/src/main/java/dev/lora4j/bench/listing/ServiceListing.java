package dev.lora4j.bench.listing;

import dev.lora4j.bench.Contender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The JDK's way: a class loader for each jar, and ServiceLoader, which loads the classes of
 * services to list them but makes none.
 */
public final class ServiceListing implements Contender {
  private final Path folder;

  /** Lists the jars of a folder. */
  public ServiceListing(String folder) {
    this.folder = Path.of(folder);
  }

  @Override
  public String name() {
    return "ServiceLoader";
  }

  @Override
  public double[] check() {
    return new double[] {list()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::list);
  }

  private long list() {
    long count = 0;
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
      for (Path jar : jars) {
        try (URLClassLoader loader =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
          count += ServiceLoader.load(Runnable.class, loader).stream().count();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }

  @Override
  public void close() {}
}
