package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text encoders are trained by the command too, beside the denoiser or alone. */
class TrainTextEncoderTest {
  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run run(String command, String base, String... more) {
    Object[] all = new Object[6 + more.length];
    all[0] = command;
    all[1] = "--images=" + folder.resolve("pictures");
    all[2] = "--out=" + folder.resolve("style.safetensors");
    all[3] = "--base=" + Run.TINY_SD.resolveSibling(base);
    all[4] = "--set=previews.prompts=[]";
    all[5] = "--steps=2";
    System.arraycopy(more, 0, all, 6, more.length);
    return Run.of(all);
  }

  @ParameterizedTest
  @CsvSource({"tiny-sd, lora_te_, 1", "tiny-xl, 'lora_te1_,lora_te2_', 2"})
  void textEncoderIsTrainedWithTheDenoiser(String base, String prefixes, int encoders)
      throws IOException {
    // The pictures of tiny-xl itself are smaller than any that are trained on.
    String size = "--set=data.resolution=32";
    String unit = "--set=data.bucket_reso_steps=8";
    Run planned = run("plan", base, size, unit, "--set=adapter.text_encoder=true");
    assertEquals(0, planned.code(), planned.err());
    Run trained =
        run(
            "train",
            base,
            size,
            unit,
            "--set=adapter.text_encoder=true",
            "--set=optimizer.text_encoder_rate=1e-4");
    assertEquals(0, trained.code(), trained.err());
    try (Safetensors file = Safetensors.open(folder.resolve("style.safetensors"))) {
      String[] all = prefixes.split(",", -1);
      assertEquals(encoders, all.length);
      for (String prefix : all) {
        assertTrue(file.tensors().keySet().stream().anyMatch(n -> n.startsWith(prefix)), prefix);
      }
      assertTrue(
          file.tensors().keySet().stream().anyMatch(n -> n.startsWith("lora_unet_")), "denoiser");
    }
  }

  @Test
  void textEncoderIsTrainedAlone() throws IOException {
    Path file = folder.resolve("run.toml");
    Files.writeString(
        file,
        """
        network_module = "networks.lora"
        network_train_text_encoder_only = true
        unet_lr = 1e-3
        text_encoder_lr = 1e-4
        learning_rate = 5e-4
        """);
    Run trained = run("train", "tiny-sd", file.toString());
    assertEquals(0, trained.code(), trained.err());
    try (Safetensors written = Safetensors.open(folder.resolve("style.safetensors"))) {
      assertTrue(
          written.tensors().keySet().stream().allMatch(n -> n.startsWith("lora_te_")), "encoder");
    }
  }
}
