package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By what published pictures, adapters and runs know the configuration of their base. */
class BaseIdentityTest {
  private static final String BUNDLED =
      "../plugins/emoji-sd/src/main/resources/dev/lora4j/emoji/files/base";

  @ParameterizedTest
  @CsvSource({
    BUNDLED + ",c5deb4741c97",
    "src/test/resources/tiny-sd,ed1964693fe0",
    "src/test/resources/tiny-xl,4dbe11e2e68c"
  })
  void configurationsKeepTheirDigest(String folder, String digest) {
    assertEquals(digest, Configs.of(Path.of(folder)).identity());
  }
}
