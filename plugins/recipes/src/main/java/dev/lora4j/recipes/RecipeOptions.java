package dev.lora4j.recipes;

import dev.lora4j.cli.model.DeviceOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Options of all recipes. */
public final class RecipeOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Folder of all that the recipe makes (default: the name of the recipe).")
  private Optional<Path> output = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Mixin private final DeviceOption where = new DeviceOption();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** The folder, by the name of the recipe if none is said. */
  public Path folder() {
    return output.orElse(Path.of(spec.name()));
  }

  /** Seed of data and trainings. */
  public long seed() {
    return seed;
  }

  /** True if findings are printed as JSON. */
  public boolean json() {
    return json;
  }

  /** Device and threads to measure with. */
  public DeviceOption where() {
    return where;
  }

  /** Words of a command of this recipe, with the device and threads that were said. */
  public String[] words(List<String> words) {
    List<String> all = new ArrayList<>(words);
    ParseResult parsed = spec.commandLine().getParseResult();
    for (String name : List.of("--device", "--threads")) {
      if (parsed.hasMatchedOption(name)) {
        all.add(name);
        all.addAll(parsed.matchedOption(name).originalStringValues());
      }
    }
    return all.toArray(String[]::new);
  }
}
