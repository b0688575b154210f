package dev.lora4j.diffusion.family.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.checkpoint.Tensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of one file in the layout of first publication. */
class BaseCheckpointTest {
  private static final String SD2 =
      "model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight";
  private static final String XL =
      "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";
  private static final String FLUX = "double_blocks.0.img_attn.norm.key_norm.scale";

  @TempDir Path folder;

  private BaseCheckpoint open(Tensors tensors) {
    return BaseCheckpoint.open(tensors.write(folder.resolve("base.safetensors")));
  }

  @Test
  void openClipProjectionsAreRowsOfOneTensor() {
    String fused = "cond_stage_model.model.transformer.resblocks.3.attn.in_proj_";
    try (BaseCheckpoint base =
        open(
            new Tensors()
                .add(SD2, 2, 1024)
                .add(fused + "weight", 3072, 2)
                .add(fused + "bias", 3072))) {
      assertEquals("sd21", base.base().name());
      assertTrue(base.original());
      String layer = "text_encoder.text_model.encoder.layers.3.self_attn.";
      Site keys = base.base().sites().find(layer + "k_proj").orElseThrow();
      assertEquals(Shape.of(1024, 2), keys.weight());
      assertTrue(keys.bias());
      double[] weight = base.read(base.weight(layer + "k_proj").orElseThrow()).doubles();
      assertEquals(2048, weight[0]);
      assertEquals(4095, weight[2047]);
      double[] bias = base.read(base.bias(layer + "v_proj").orElseThrow()).doubles();
      assertEquals(2048, bias[0]);
      assertEquals(
          List.of(layer + "q_proj", layer + "k_proj", layer + "v_proj"),
          base.at("", fused + "weight").stream().map(BaseCheckpoint.Placed::site).toList());
      assertEquals(6, base.at("", fused + "weight").size() + base.at("", fused + "bias").size());
      assertPutBack(base);
    }
  }

  @Test
  void theProjectionOfOpenClipIsTurned() {
    String name = "conditioner.embedders.1.model.text_projection";
    try (BaseCheckpoint base = open(new Tensors().add(XL, 2, 2048).add(name, 3, 2))) {
      Placement placement = base.weight("text_encoder_2.text_projection").orElseThrow();
      assertEquals(Placement.transposed("", name), placement);
      HostTensor weight = base.read(placement);
      assertEquals(Shape.of(2, 3), weight.shape());
      assertArrayEquals(new double[] {0, 2, 4, 1, 3, 5}, weight.doubles());
      assertPutBack(base);
    }
  }

  @Test
  void theProjectionMayBeALinearLayerInstead() {
    String name = "conditioner.embedders.1.model.text_projection.weight";
    try (BaseCheckpoint base = open(new Tensors().add(XL, 2, 2048).add(name, 3, 2))) {
      assertEquals(
          Placement.of("", name), base.weight("text_encoder_2.text_projection").orElseThrow());
    }
  }

  @Test
  void scaleAndShiftChangePlacesInFlux() {
    String last = "final_layer.adaLN_modulation.1.weight";
    try (BaseCheckpoint base = open(new Tensors().add(FLUX, 128).add(last, 4, 1))) {
      assertEquals("flux", base.base().name());
      Placement placement = base.weight("transformer.norm_out.linear").orElseThrow();
      assertArrayEquals(new double[] {2, 3, 0, 1}, base.read(placement).doubles());
      assertEquals(
          FLUX, base.weight("transformer.transformer_blocks.0.attn.norm_k").orElseThrow().tensor());
      assertPutBack(base);
    }
  }

  @Test
  void fusedLayersOfOtherHeightsHaveNoParts() {
    String fused = "double_blocks.0.img_attn.qkv.weight";
    String narrow = "double_blocks.1.img_attn.qkv.weight";
    String wide = "double_blocks.2.img_attn.qkv.weight";
    try (BaseCheckpoint base =
        open(
            new Tensors()
                .add(FLUX, 128)
                .add(fused, 9216, 1)
                .add(narrow, 6144, 1)
                .add(wide, 12288, 1))) {
      assertEquals(3, base.at("", fused).size());
      assertEquals(List.of(), base.at("", narrow));
      assertEquals(List.of(), base.at("", wide));
      assertPutBack(base);
    }
  }

  @Test
  void sitesHaveTheShapesOfTheFile() {
    try (BaseCheckpoint base =
        open(
            new Tensors()
                .add(XL.replace("4.1", "2.1"), 320, 768)
                .add("model.diffusion_model.input_blocks.0.0.weight", 320, 9, 3, 3)
                .add("model.diffusion_model.input_blocks.3.0.op.weight", 4, 4, 3, 3)
                .add("model.diffusion_model.input_blocks.1.1.proj_in.weight", 320, 320)
                .add("first_stage_model.encoder.conv_in.weight", 4, 3, 3, 3)
                .add("model_ema.diffusion_modelinput_blocks00weight", 4, 3, 3, 3))) {
      assertEquals("sd15", base.base().name());
      Site first = base.base().sites().find("unet.conv_in").orElseThrow();
      assertEquals(Shape.of(320, 9, 3, 3), first.weight());
      assertFalse(first.bias());
      assertEquals(
          2,
          base.base()
              .sites()
              .find("unet.down_blocks.0.downsamplers.0.conv")
              .orElseThrow()
              .stride());
      assertEquals(
          Site.Kind.LINEAR,
          base.base().sites().find("unet.down_blocks.0.attentions.0.proj_in").orElseThrow().kind());
      assertEquals(4, base.base().sites().all().size());
      assertEquals(List.of(), base.at("", "first_stage_model.encoder.conv_in.weight"));
    }
  }

  /** Early merges lack a level of names in the text encoder. */
  @Test
  void textEncodersOfSd15MayLackALevel() {
    String name = "cond_stage_model.transformer.encoder.layers.0.mlp.fc1.weight";
    try (BaseCheckpoint base =
        open(new Tensors().add(SD2.replace("2.1", "2.1"), 2, 768).add(name, 4, 2))) {
      String site = "text_encoder.text_model.encoder.layers.0.mlp.fc1";
      assertEquals(name, base.weight(site).orElseThrow().tensor());
    }
  }

  @Test
  void denoiserAloneIsRecognised() {
    String bare = SD2.substring("model.diffusion_model.".length());
    try (BaseCheckpoint base = open(new Tensors().add(bare, 2, 1024))) {
      assertEquals("sd21", base.base().name());
      assertEquals(1, base.base().natives().size());
    }
  }

  @Test
  void quantisedWeightsAreListedAndNotRead() {
    String layer = "final_layer.linear";
    try (BaseCheckpoint base =
        open(
            new Tensors()
                .add(FLUX, 128)
                .add(layer + ".weight", 2, 2)
                .add(layer + ".scale_weight", 1)
                .integers("img_in.weight", 4))) {
      assertTrue(base.base().sites().find("transformer.x_embedder").isEmpty());
      Placement placement = base.weight("transformer.proj_out").orElseThrow();
      String message =
          assertThrows(CheckpointException.class, () -> base.read(placement)).getMessage();
      assertTrue(message.contains("scale in final_layer.linear.scale_weight"), message);
    }
  }

  @Test
  void weightOfAnotherShapeIsNotPutBack() {
    try (BaseCheckpoint base = open(new Tensors().add(SD2, 2, 1024))) {
      Placement placement =
          base.weight("unet.down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_k")
              .orElseThrow();
      ByteBuffer whole = ByteBuffer.allocate(8192);
      HostTensor turned = Tensors.counting(1024, 2);
      assertThrows(IllegalArgumentException.class, () -> base.put(placement, turned, whole));
    }
  }

  /** Reading all that lies in each tensor and putting it back gives the tensor. */
  private static void assertPutBack(BaseCheckpoint base) {
    base.parts()
        .forEach(
            (part, store) ->
                store.tensors().keySet().stream()
                    .filter(t -> !base.at(part, t).isEmpty())
                    .forEach(t -> assertPutBack(base, part, store, t)));
  }

  private static void assertPutBack(
      BaseCheckpoint base, String part, TensorStore store, String tensor) {
    byte[] expected = store.bytes(tensor);
    ByteBuffer whole = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
    for (BaseCheckpoint.Placed placed : base.at(part, tensor)) {
      base.put(placed.placement(), base.read(placed.placement()), whole);
    }
    assertArrayEquals(expected, whole.array(), tensor);
  }
}
