package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The published sizes of the three kinds, as their configurations at diffusers say them. */
record FullSizes(
    UNetConfig unet, VaeConfig vae, List<ClipTextConfig> texts, List<TextEncoderLocation> places) {
  private static final ClipTextConfig CLIP_L =
      new ClipTextConfig(49408, 768, 3072, 12, 12, 77, 1e-5, true);
  private static final ClipTextConfig CLIP_H =
      new ClipTextConfig(49408, 1024, 4096, 23, 16, 77, 1e-5, false);
  private static final ClipTextConfig CLIP_G =
      new ClipTextConfig(49408, 1280, 5120, 32, 20, 77, 1e-5, false, 1280);

  static FullSizes of(String kind) {
    return switch (kind) {
      case "sd1" ->
          new FullSizes(
              sd(4, 768, List.of(8, 8, 8, 8), false),
              vae(0.18215),
              List.of(CLIP_L),
              List.of(new TextEncoderLocation("cond_stage_model.transformer.", false)));
      case "sd1-inpainting" -> {
        FullSizes sd1 = of("sd1");
        yield new FullSizes(
            sd(9, 768, List.of(8, 8, 8, 8), false), sd1.vae(), sd1.texts(), sd1.places());
      }
      case "sd2" ->
          new FullSizes(
              sd(4, 1024, List.of(5, 10, 20, 20), true),
              vae(0.18215),
              List.of(CLIP_H),
              List.of(new TextEncoderLocation("cond_stage_model.model.", true)));
      case "sdxl" ->
          new FullSizes(
              xl(),
              vae(0.13025),
              List.of(CLIP_L, CLIP_G),
              List.of(
                  new TextEncoderLocation("conditioner.embedders.0.transformer.", false),
                  new TextEncoderLocation("conditioner.embedders.1.model.", true)));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static UNetConfig sd(int in, int context, List<Integer> heads, boolean linear) {
    return new UNetConfig(
        in,
        4,
        List.of(320, 640, 1280, 1280),
        List.of(true, true, true, false),
        List.of(false, true, true, true),
        2,
        context,
        heads,
        32,
        1e-5,
        linear);
  }

  private static UNetConfig xl() {
    return new UNetConfig(
        4,
        4,
        List.of(320, 640, 1280),
        List.of(false, true, true),
        List.of(true, true, false),
        2,
        2048,
        List.of(5, 10, 20),
        32,
        1e-5,
        true,
        List.of(1, 2, 10),
        false,
        Optional.of(new UNetConfig.Added(256, 2816)),
        UNetVariant.PLAIN);
  }

  private static VaeConfig vae(double scaling) {
    return new VaeConfig(3, 3, 4, List.of(128, 256, 512, 512), 2, 32, scaling, 0);
  }

  /** Every weight that pictures need, by {@code model:name}, with the places it may lie in. */
  Map<String, List<Placement>> places(Map<String, Shape> shapes) {
    Map<String, List<Placement>> all = new LinkedHashMap<>();
    UNetWeightNames unetNames = new UNetWeightNames(unet);
    for (Parameter p :
        parameters(StagedNetworks.denoiser(new UNet(unet), DType.F32, AdapterInputs.NONE))) {
      all.put(
          "unet:" + p.name(),
          List.of(Placement.of("", "model.diffusion_model." + unetNames.of(p.name()))));
      shapes.put("unet:" + p.name(), p.shape());
    }
    for (Parameter p :
        parameters(
            StagedNetworks.encoder(new Vae(vae), DType.F32),
            StagedNetworks.decoder(new Vae(vae), DType.F32))) {
      all.put(
          "vae:" + p.name(),
          List.of(
              Placement.of("", "first_stage_model." + new Vae(vae).originals(p.name()).get(0))));
      shapes.put("vae:" + p.name(), p.shape());
    }
    for (int i = 0; i < texts.size(); i++) {
      Network.Staging text =
          StagedNetworks.text(
              new ClipText(texts.get(i)), HiddenLayer.LAST, DType.F32, AdapterInputs.NONE);
      for (Parameter p : parameters(text)) {
        all.put("te" + i + ":" + p.name(), places.get(i).of(p));
        shapes.put("te" + i + ":" + p.name(), p.shape());
      }
    }
    return all;
  }

  private static List<Parameter> parameters(Network.Staging... stagings) {
    List<Parameter> all = new ArrayList<>();
    for (Network.Staging staging : stagings) {
      all.addAll(Network.parameters(DType.F32, staging));
    }
    return all;
  }

  /** The header that a file with these weights has, each in its likeliest place. */
  Map<String, TensorInfo> header() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Map<String, TensorInfo> header = new LinkedHashMap<>();
    places(shapes)
        .forEach(
            (weight, candidates) -> {
              Placement place = candidates.get(0);
              Shape shape = shapes.get(weight);
              Shape stored =
                  place.rows().isPresent()
                      ? shape.with(0, place.rows().get().of())
                      : place.transposed() ? Shape.of(shape.size(1), shape.size(0)) : shape;
              header.put(place.tensor(), new TensorInfo(place.tensor(), DType.F16, stored, 0, 0));
            });
    return header;
  }
}
