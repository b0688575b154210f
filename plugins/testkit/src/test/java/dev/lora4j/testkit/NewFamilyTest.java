package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures of a base whose denoiser, autoencoder and layers no library knows: {@link PriorFamily},
 * {@link PatchesFamily} and {@link PatchAutoencoder}, with the T5 of lora-text as text encoder.
 */
class NewFamilyTest {
  private static final int SIDE = 16;
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";
  private static final Path TEXTS = Path.of("../../lora-text/src/test/resources/models/flan-t5");

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Path prior = Files.createDirectory(folder.resolve(PriorFamily.COMPONENT));
    Files.writeString(
        prior.resolve("config.json"),
        """
        {"_class_name": "PatchesModel", "channels": %d, "width": %d, "text_width": %d,
         "sample_size": 8}
        """
            .formatted(PriorFamily.CHANNELS, PriorFamily.WIDTH, PriorFamily.TEXT_WIDTH));
    DenoiserNetwork denoiser = new PatchesFamily().network(config(prior));
    weights(
        prior.resolve(WEIGHTS),
        Network.parameters(
            DType.F32, StagedNetworks.denoiser(denoiser, DType.F32, AdapterInputs.NONE)));
    Path vae = Files.createDirectory(folder.resolve("vae"));
    Files.writeString(
        vae.resolve("config.json"),
        """
        {"_class_name": "PatchAutoencoder", "latent_channels": %d, "shift_factor": 0.25}
        """
            .formatted(PriorFamily.CHANNELS));
    AutoencoderNetwork autoencoder = new PatchAutoencoder().network(config(vae));
    Set<Parameter> both = new LinkedHashSet<>();
    both.addAll(Network.parameters(DType.F32, StagedNetworks.encoder(autoencoder, DType.F32)));
    both.addAll(Network.parameters(DType.F32, StagedNetworks.decoder(autoencoder, DType.F32)));
    weights(vae.resolve(WEIGHTS), new ArrayList<>(both));
    Path text = Files.createDirectory(folder.resolve("text_encoder"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(TEXTS.resolve(file), text.resolve(file));
    }
    WordTokenizer.write(Files.createDirectory(folder.resolve("tokenizer")));
    Path scheduler = Files.createDirectory(folder.resolve("scheduler"));
    Files.copy(
        Path.of("../../lora-diffusion/src/test/resources/tiny-sd/scheduler/scheduler_config.json"),
        scheduler.resolve("scheduler_config.json"));
  }

  private static ConfigFile config(Path part) {
    return ConfigFile.read(part.resolve("config.json"));
  }

  private static void weights(Path file, List<Parameter> parameters) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters) {
      SplittableRandom random = new SplittableRandom(parameter.name().hashCode());
      HostTensor values = SyntheticLayer.numbers(parameter.shape(), random);
      writer.add(parameter.name(), values.dtype(), values.shape(), values.bytes());
    }
    writer.write(file);
  }

  /** An adapter of all linear layers of the denoiser, written as diffusers does. */
  private Path adapter() {
    Map<String, List<Factors>> sites = new TreeMap<>();
    SplittableRandom random = new SplittableRandom(3);
    for (Site site : Families.named("prior-small").sites().all()) {
      if (site.kind() == Site.Kind.LINEAR) {
        sites.put(
            site.name(),
            List.of(
                Factors.of(
                    LoraMethod.NAME,
                    Map.of(
                        LoraMethod.DOWN, SyntheticLayer.numbers(LowRank.down(site, 1), random),
                        LoraMethod.UP, SyntheticLayer.numbers(LowRank.up(site, 1), random)),
                    Map.of("alpha", "1.0"))));
      }
    }
    Path file = folder.resolve("ink.safetensors");
    AdapterOutput.write(
        new Adapter("ink", sites, Map.of()),
        Families.named("prior-small"),
        AdapterWriters.named("diffusers"),
        WriteOptions.EXACT,
        file);
    return file;
  }

  private static Prompt prompt(String text) {
    return Prompt.of(text).seed(1).steps(3).sampler("euler").size(SIDE, SIDE);
  }

  private static byte[] pixels(StableDiffusion sd, Prompt prompt) {
    GeneratedImage image = sd.generate(prompt);
    assertEquals(SIDE, image.image().getWidth());
    int[] rgb = image.image().getRGB(0, 0, SIDE, SIDE, new int[SIDE * SIDE], 0, SIDE);
    byte[] bytes = new byte[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        bytes[3 * i + channel] = (byte) (rgb[i] >> (8 * channel));
      }
    }
    return bytes;
  }

  private static double distance(byte[] one, byte[] two) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xff) - (two[i] & 0xff));
    }
    return (double) sum / one.length;
  }

  @Test
  void itMakesPicturesThatFollowTheText() {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, folder)) {
      assertTrue(sd.base().sites().find("prior.attend.to_q").isPresent());
      assertTrue(sd.base().sites().all().stream().noneMatch(s -> s.name().startsWith("unet.")));
      byte[] fox = pixels(sd, prompt("a fox, drawn in ink"));
      assertArrayEquals(fox, pixels(sd, prompt("a fox, drawn in ink")));
      assertTrue(distance(fox, pixels(sd, prompt("ink"))) > 0.5, "another text, another picture");
    }
  }

  @Test
  void itsAdaptersAreReadAndChangeThePicture() {
    Path file = adapter();
    // The broken policies of these tests permit no file; examining asks none.
    Examination found = AdapterFiles.examine(file, ReadOptions.STRICT);
    assertEquals("prior-small", found.family().name());
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, folder)) {
      Adapter ink =
          AdapterFiles.examine(file, sd.family(), ReadOptions.STRICT).adapter().orElseThrow();
      assertEquals(6, ink.sites().size());
      Prompt plain = prompt("a fox");
      byte[] without = pixels(sd, plain);
      byte[] merged = pixels(sd, plain.mix(MixPlan.of(ink, 0.5).route(Route.MERGED)));
      byte[] unmerged = pixels(sd, plain.mix(MixPlan.of(ink, 0.5).route(Route.UNMERGED)));
      assertTrue(distance(without, merged) > 0.5, "the adapter makes no difference");
      assertTrue(distance(merged, unmerged) < 0.5, "merged and unmerged differ");
    }
  }

  @Test
  void variantThatAFamilyHasNotIsNone() {
    Path file = folder.resolve("odd.safetensors");
    HostTensor values = HostTensor.of(Shape.of(2, 3), new float[6]);
    new SafetensorsWriter()
        .add(BrokenFamilies.Lying.TENSOR, values.dtype(), values.shape(), values.bytes())
        .write(file);
    try (BaseCheckpoint odd = BaseCheckpoint.open(file)) {
      assertEquals("", odd.base().name());
    }
  }
}
