package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethods;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A way to train the small network.
 *
 * @param peft whether only PEFT's layout has a form for it
 */
record TrainedCase(String name, AdapterRecipe recipe, boolean peft) {
  static final List<TrainedCase> ALL =
      List.of(
          of("LoRA", "lora"),
          new TrainedCase("LoCon", recipe("lora").convolutions(2, 1), false),
          new TrainedCase("rsLoRA", recipe("lora").rankStabilised(true), false),
          new TrainedCase("Gaussian", recipe("lora").start(FactorInit.GAUSSIAN), false),
          new TrainedCase("orthogonal", recipe("lora").start(FactorInit.ORTHOGONAL), false),
          new TrainedCase("PiSSA", recipe("lora").start(FactorInit.PISSA), false),
          new TrainedCase("OLoRA", linear("lora").start(FactorInit.OLORA), false),
          new TrainedCase("DoRA around OLoRA", linear("dora").start(FactorInit.OLORA), false),
          of("LoRA-FA", "lora-fa"),
          of("DyLoRA", "dylora"),
          of("DyLoRA, nested", "dylora", "mode", "nested"),
          of("DyLoRA by 2", "dylora", "unit", "2"),
          of("AdaLoRA", "adalora"),
          new TrainedCase("PEFT's AdaLoRA", recipe("adalora", "stored", "adalora"), true),
          of("sparse LoRA of all numbers", "sparse-lora", "density", "1"),
          of("ReLoRA", "relora", "restarts", "2"),
          of("rank growth", "rank-growth"),
          of("LoHa", "loha"),
          of("LoKr", "lokr"),
          of("LoKr by 2", "lokr", "factor", "2"),
          of("LoKr whole", "lokr", "full_matrix", "true"),
          new TrainedCase("LoKr factored", recipe("lokr", "factor", "2").rank(1, 2), false),
          new TrainedCase(
              "LoKr, both factored", recipe("lokr", "decompose_both", "true").rank(1, 2), false),
          of("LoCon with a core", "lora", "use_tucker", "true"),
          of("LoHa with cores", "loha", "use_tucker", "true"),
          of("LoKr with a core", "lokr", "factor", "1", "use_tucker", "true"),
          of("DoRA around LoCon with a core", "dora", "inner", "lora:use_tucker=true"),
          of("DoRA around LoHa with cores", "dora", "inner", "loha:use_tucker=true"),
          of("DoRA", "dora"),
          of("DoRA by input", "dora", "wd_on_out", "false"),
          of("DoRA around LoHa", "dora", "inner", "loha"),
          of("DoRA around LoKr by 2", "dora", "inner", "lokr:factor=2"),
          new TrainedCase("PEFT's DoRA", recipe("dora", "convention", "peft"), true),
          of("(IA)3", "ia3"),
          new TrainedCase("PEFT's (IA)3", recipe("ia3", "convention", "peft"), true),
          new TrainedCase("MiSS", recipe("miss"), true),
          new TrainedCase("MiSS, mini", recipe("miss", "mini_r", "2"), true),
          new TrainedCase("GraLoRA", recipe("gralora").rank(4, 2), true),
          new TrainedCase("hybrid GraLoRA", recipe("gralora", "hybrid_r", "1").rank(4, 2), true),
          new TrainedCase("HiRA", recipe("hira"), true),
          new TrainedCase("MoRA", recipe("mora").rank(1, 1), true),
          new TrainedCase("MoRA that shares", recipe("mora", "mora_type", "1"), true),
          new TrainedCase("OFT", recipe("oft"), true),
          new TrainedCase(
              "exact OFT",
              recipe("oft", "oft_block_size", "4", "use_cayley_neumann", "false"),
              true),
          new TrainedCase(
              "shared OFT", recipe("oft", "oft_block_size", "4", "block_share", "true"), true),
          new TrainedCase(
              "BOFT", recipe("boft", "boft_block_size", "2", "boft_n_butterfly_factor", "2"), true),
          of("diag-OFT", "diag-oft"),
          of("diag-OFT with limits", "diag-oft", "constraint", "0.01", "rescaled", "true"),
          new TrainedCase("SHiRA", recipe("shira"), true),
          new TrainedCase("VeRA", recipe("vera"), true),
          of("T-LoRA", "tlora"),
          of("T-LoRA of the last directions", "tlora", "sig_type", "last", "min_rank", "2"),
          new TrainedCase("LyCORIS's T-LoRA", points("tlora", "form", "tlora"), false),
          new TrainedCase("HydraLoRA", recipe("hydra", "heads", "2"), true),
          new TrainedCase("full", recipe("full").targets(TargetLayers.matching("*")), false),
          of("biases", "full", "weight", "false"));

  private static TrainedCase of(String name, String method, String... options) {
    return new TrainedCase(name, recipe(method, options), false);
  }

  /** Linear layers and a convolution of one point. */
  private static AdapterRecipe points(String method, String... options) {
    return recipe(method, options).targets(TargetLayers.matching("*attentions*"));
  }

  private static AdapterRecipe linear(String method) {
    return recipe(method).targets(TargetLayers.of(TargetPreset.ATTENTION));
  }

  private static AdapterRecipe recipe(String method, String... options) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      named.put(options[i], options[i + 1]);
    }
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named(method, named))
        .targets(TargetLayers.of(TargetPreset.ALL))
        .rank(3, 2);
  }

  @Override
  public String toString() {
    return name;
  }
}
