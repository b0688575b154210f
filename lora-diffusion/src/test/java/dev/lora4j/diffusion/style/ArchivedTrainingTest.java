package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on a tar is that on the folder with the same files. */
class ArchivedTrainingTest {
  @TempDir private Path temporary = Path.of("");

  private static byte[] png(int number) throws IOException {
    BufferedImage image = new BufferedImage(24 + 8 * (number % 2), 24, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 24 * 24; i++) {
      image.setRGB(i % 24, i / 24, (number + 1) * 0x071103 + i * 0x010203);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static void member(TarArchiveOutputStream tar, Path folder, String name, byte[] bytes)
      throws IOException {
    Files.write(folder.resolve(name), bytes);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static byte[] trained(StableDiffusion sd, Path images, Path file) throws IOException {
    StyleTrainer.on(sd).images(images).batch(2).rank(4).steps(8).name("foxes").run().save(file);
    return Files.readAllBytes(file);
  }

  @Test
  void adapterFilesAreEqualToTheBit() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("foxes"));
    Path shard = temporary.resolve("foxes.tar");
    try (OutputStream out = Files.newOutputStream(shard);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      // Not in the order of names, in which a folder is read.
      for (int number : new int[] {3, 0, 4, 1, 2}) {
        member(tar, folder, "fox-" + number + ".png", png(number));
        byte[] caption = ("a fox, number " + number).getBytes(StandardCharsets.UTF_8);
        member(tar, folder, "fox-" + number + ".txt", caption);
      }
    }
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      byte[] ofFolder = trained(sd, folder, temporary.resolve("a.safetensors"));
      byte[] ofTar = trained(sd, shard, temporary.resolve("b.safetensors"));
      assertArrayEquals(ofFolder, ofTar);
      Path shards = Files.createDirectories(temporary.resolve("shards").resolve("foxes"));
      Files.move(shard, shards.resolve("000000.tar"));
      assertArrayEquals(ofFolder, trained(sd, shards, temporary.resolve("c.safetensors")));
      String folders =
          sd.adapter(temporary.resolve("b.safetensors")).metadata().get("ss_dataset_dirs");
      assertEquals("{\"foxes\":{\"img_count\":5,\"n_repeats\":1}}", folders);
    }
  }
}
