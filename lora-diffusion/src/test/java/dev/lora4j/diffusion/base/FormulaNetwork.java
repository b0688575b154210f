package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Networks in F32 with the weights of {@link FormulaModel}, which are in memory while a network
 * runs and nowhere else.
 */
public final class FormulaNetwork {
  private FormulaNetwork() {}

  /**
   * Runs a network once.
   *
   * @return its outputs, owned by {@code scope}
   */
  public static List<Tensor> run(Scope scope, Network.Staging network, Map<String, Tensor> data) {
    try (Scope meanwhile = scope.child("network")) {
      Graph graph = new Graph();
      FrozenWeights source = new FrozenWeights(DType.F32, "weight:");
      List<Expr> outputs =
          network.stage(graph, adapters -> Weights.of(graph, "", source, adapters));
      Program program = graph.inference(meanwhile, outputs);
      List<Tensor> weights =
          source.parameters().stream().map(p -> FormulaModel.weight(meanwhile, p)).toList();
      HeldInputs held = program.hold(meanwhile, weights);
      return program.run(scope, held, data);
    }
  }

  /** The sizes of a model folder's denoiser. */
  public static UNetConfig unet(Path folder) {
    return ((UNet) DiffusersConfigs.denoiser(folder)).config();
  }

  /** The text encoder of a model folder. */
  public static TextEncoderNetwork text(Path folder, String part) {
    return DiffusersConfigs.text(folder, part);
  }
}
