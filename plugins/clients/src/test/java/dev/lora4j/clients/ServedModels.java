package dev.lora4j.clients;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.command.RunningServer;
import dev.lora4j.server.command.SmallEncoder;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.TextPrompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** A server of the bundled models and a small encoder, and what the libraries make of them. */
final class ServedModels implements AutoCloseable {
  static final String CITIZENS = "My fellow citizens, the";

  private final RunningServer server;

  ServedModels(Path folder) throws IOException {
    this(folder, QueueLimits.DEFAULT);
  }

  ServedModels(Path folder, QueueLimits queue) throws IOException {
    Path encoder = SmallEncoder.write(folder.resolve("bert"));
    Path adapters = BundledModel.adapter().toAbsolutePath().getParent();
    server = new RunningServer(folder.resolve("state"), adapters, queue, "bert", encoder);
  }

  RunningServer server() {
    return server;
  }

  /** Where clients of OpenAI's protocol begin. */
  String address() {
    return server.uri("/v1").toString();
  }

  /** The likeliest text after the citizens. */
  String text(int tokens) {
    return server.texts().generate(TextPrompt.of(CITIZENS).tokens(tokens)).text();
  }

  /** A text by chance. */
  String text(int tokens, double temperature, long seed) {
    TextPrompt prompt = TextPrompt.of(CITIZENS).tokens(tokens).seed(seed);
    return server.texts().generate(prompt.sampling(SamplingSettings.at(temperature))).text();
  }

  float[] embedding(String text) {
    return server.encoder().embeddings(List.of(text)).get(0);
  }

  /** Pixels of a fox in the bundled style, in ten steps. */
  int[] fox(long seed) {
    MixPlan mix = MixPlan.of(server.pictures().adapter(BundledModel.adapter()), 0.7);
    Prompt prompt = Prompt.of("a fox").steps(10).seed(seed).mix(mix);
    return pixels(server.pictures().generate(prompt).image());
  }

  static int[] pixels(String base64) {
    return pixels(PictureFile.of(Base64.getDecoder().decode(base64)).decode().image());
  }

  private static int[] pixels(BufferedImage image) {
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] &= 0xffffff;
    }
    return pixels;
  }

  @Override
  public void close() {
    server.close();
  }
}
