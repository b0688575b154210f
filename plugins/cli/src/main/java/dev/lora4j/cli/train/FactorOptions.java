package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.spi.ExtensionRequest;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the factors of an adapter, whatever model it is of. */
public final class FactorOptions {
  @Option(
      names = "--method",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Kind of adapter, of those in docs/methods.md (default: ${DEFAULT-VALUE}), and settings of"
              + " it, as in lokr:factor=8. A method that PEFT and LyCORIS define differently takes"
              + " the form of --layout, unless convention=... says another.",
      defaultValue = "lora")
  private String method = "lora";

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "What the change is multiplied with, times 1/rank (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Option(names = "--rslora", description = "Divide alpha by the root of the rank.")
  private boolean rslora;

  /** Name of the method. */
  public String method() {
    return ExtensionRequest.parse(method).name();
  }

  /** Alpha, if it is said. */
  public Optional<Double> alpha() {
    return alpha;
  }

  /**
   * Recipe of the factors, of no layer yet.
   *
   * @param convention the tool whose form of methods is taken
   */
  public AdapterRecipe recipe(ToolConvention convention) {
    ExtensionRequest asked = ExtensionRequest.parse(method);
    return AdapterRecipe.DEFAULT
        .method(
            Failure.usage(
                "--method",
                () -> TrainableMethods.named(asked.name(), asked.settings(), convention)))
        .rank(rank, alpha.orElse((double) rank))
        .rankStabilised(rslora);
  }
}
