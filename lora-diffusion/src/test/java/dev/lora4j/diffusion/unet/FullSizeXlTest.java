package dev.lora4j.diffusion.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.Fingerprints;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.base.FormulaNetwork;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stable Diffusion XL at its real size, both text encoders and the denoiser, with weights by {@link
 * FormulaModel}, against what diffusers and transformers compute with the same in one forward pass.
 * Takes 6.1 GB of memory, half a minute on two cores, and no disk.
 */
@Tag("slow")
class FullSizeXlTest {
  private static final Path FULL_SIZE = Path.of("src/test/resources/full-size-xl");
  private static final long WEIGHTS = 2_567_463_684L;

  /** The square root of 3: uniform numbers up to it have variance 1. */
  private static final float UNIT = 1.7320508f;

  private static final int TOKENS = 77;
  private static final int END = 40;

  /** The encoders' last layer but one, without the final norm. */
  private static final HiddenLayer SEEN = new HiddenLayer(1, false);

  @Test
  void textAndBlocksMatchDiffusersAndTransformers() {
    UNetConfig config = FormulaNetwork.unet(FULL_SIZE);
    Network.Staging whole =
        StagedNetworks.denoiser(new UNet(config), DType.F32, AdapterInputs.NONE);
    assertEquals(
        WEIGHTS,
        Network.parameters(DType.F32, whole).stream()
            .map(Parameter::shape)
            .mapToLong(Shape::elements)
            .sum());
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("full-size");
        Fingerprints golden = Fingerprints.open(FULL_SIZE.resolve("golden.safetensors"))) {
      Tensor narrow = encoded(scope, "text_encoder").get(0);
      golden.assertClose("text_encoder", narrow);
      List<Tensor> wide = encoded(scope, "text_encoder_2");
      golden.assertClose("text_encoder_2", wide.get(0));
      golden.assertClose("pooled", wide.get(1));
      Map<String, Tensor> given =
          Map.of(
              "x", FormulaModel.input(scope, "x", UNIT, 1, 4, 64, 48),
              "timesteps", Tensor.of(scope, Shape.of(1), 601),
              "context", beside(scope, narrow, wide.get(0)),
              "pooled", wide.get(1),
              "sizes", Tensor.of(scope, Shape.of(1, 6), 768, 1024, 16, 32, 512, 384));
      new BlockByBlock(scope, config, given).run().forEach(golden::assertClose);
    }
  }

  /** What an encoder gives the denoiser, of which the first is told to it word by word. */
  private static List<Tensor> encoded(Scope scope, String part) {
    long[] ids = new long[TOKENS];
    Arrays.setAll(ids, i -> i < END ? (i * 7919L) % 49406 : 49407);
    Map<String, Tensor> told =
        Map.of(
            "ids", Tensor.ofLongs(scope, Shape.of(1, TOKENS), ids),
            "end", Tensor.ofLongs(scope, Shape.of(1), END));
    Network.Staging encoder =
        StagedNetworks.text(
            FormulaNetwork.text(FULL_SIZE, part), SEEN, DType.F32, AdapterInputs.NONE);
    return FormulaNetwork.run(scope, encoder, told);
  }

  private static Tensor beside(Scope scope, Tensor narrow, Tensor wide) {
    Graph graph = new Graph();
    Expr left = graph.input("narrow", DType.F32, narrow.shape());
    Expr right = graph.input("wide", DType.F32, wide.shape());
    return graph.inference(scope, List.of(left.cat(2, right))).run(scope, narrow, wide).get(0);
  }
}
