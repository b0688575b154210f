package dev.lora4j.bench.listing;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Time to list the extensions of a folder of plug-ins. */
@Extension(
    point = Benchmark.class,
    name = "plugin-listing",
    help = "listing what the jars of a plug-ins folder bring; beside ServiceLoader")
public final class PluginListing implements Benchmark {
  @Override
  public List<Case> cases() {
    return List.of(new Jars(20), new Jars(200));
  }

  /** Case of so many jars. */
  private record Jars(int count) implements Case {
    @Override
    public String name() {
      return count + "-jars";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path folder = ManyPlugins.write(bench.folder().resolve(name()), count);
      try (Race race = bench.race(new OursListing(folder))) {
        return race.against(bench.java(ServiceListing.class, folder.toString()), Target.NONE)
            .run(DType.F32, 0, Optional.empty());
      }
    }
  }
}
