package dev.lora4j.bench.listing;

import dev.lora4j.bench.Contender;
import dev.lora4j.spi.Plugin;
import dev.lora4j.spi.PluginFolder;
import java.nio.file.Path;
import java.util.List;

/** Ours: manifests and indexes are read, no class is loaded. */
record OursListing(Path folder) implements Contender {
  @Override
  public String name() {
    return "lora4j";
  }

  /** Number of extensions. */
  @Override
  public double[] check() {
    List<Plugin> plugins = PluginFolder.scan(folder);
    return new double[] {plugins.stream().mapToInt(p -> p.extensions().size()).sum()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> PluginFolder.scan(folder));
  }

  @Override
  public void close() {}
}
