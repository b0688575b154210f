package dev.lora4j.hub.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeNameTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ink | ink",
        "Ink v1.5 (final) | Ink v1.5 (final)",
        "墨絵 | 墨絵",
        "../../etc/passwd | __.._etc_passwd",
        "..\\..\\windows | __.._windows",
        "/etc/passwd | _etc_passwd",
        "C:\\ink | C__ink",
        ". | adapter",
        ".. | adapter",
        "... | adapter",
        "'' | adapter",
        "'   ' | adapter",
        ".hidden | _hidden",
        "-o.txt | _o.txt",
        "ink. | ink",
        "'ink . ' | ink",
        "CON | _CON",
        "nul.safetensors | _nul.safetensors",
        "Com1 | _Com1",
        "COM¹ | _COM¹",
        "lpt9.a.b | _lpt9.a.b",
        "console | console",
        "tenants | _tenants",
      })
  void namesBecomeOneSegment(String hostile, String safe) {
    assertEquals(safe, SafeName.of(hostile));
    assertSafe(SafeName.of(hostile));
  }

  @Test
  void signsAndUnseenCharactersAreReplaced() {
    assertEquals("a_b__c_d_e_f_g_h", SafeName.of("a<b>:c\"d|e?f*g+h"));
    assertEquals("ink_gnp.exe", SafeName.of("ink\u202egnp.exe"));
    assertEquals("a_b_c_d e", SafeName.of("a\u0000b\u001bc\u200bd\ne"));
    assertEquals("caf\u00e9", SafeName.of("cafe\u0301"));
    assertEquals("ink_", SafeName.of("ink\ud800"));
  }

  private static void assertSafe(String name) {
    assertFalse(name.isEmpty() || name.startsWith(".") || name.startsWith("-"), name);
    assertFalse(name.contains("/") || name.contains("\\"), name);
    assertTrue(name.getBytes(StandardCharsets.UTF_8).length <= 181, name);
    assertEquals(Path.of(name), Path.of(name).getFileName());
    assertEquals(name, SafeName.of(name), "a safe name stays");
  }

  /** Any text at all gives a name that a file can have, in the folder itself. */
  @Test
  void randomTextsGiveFilesOfTheFolder() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.appendCodePoint(
            random.nextBoolean()
                ? "./\\:. -~\u0000con".charAt(random.nextInt(12))
                : random.nextInt(0x30000));
      }
      String name = SafeName.of(text.toString());
      assertSafe(name);
      Path file = folder.resolve(name + ".safetensors");
      Files.deleteIfExists(file);
      Files.createFile(file);
      assertEquals(folder, file.toAbsolutePath().normalize().getParent());
    }
  }

  @Test
  void longNamesAreCutBetweenCharacters() {
    String name = SafeName.of("\ud83d\ude00".repeat(300));
    assertEquals("\ud83d\ude00".repeat(45), name);
    assertEquals("x".repeat(180), SafeName.of("x".repeat(5000)));
  }

  @Test
  void namesOfUsersAreTakenOrRefused() {
    assertEquals("ink 2", SafeName.require("ink 2"));
    for (String wrong : new String[] {"../ink", "a/b", "", "nul", "ink+glow", ".ink"}) {
      HubException e = assertThrows(HubException.class, () -> SafeName.require(wrong));
      assertTrue(e.getMessage().contains("'" + SafeName.of(wrong) + "' can"), e.getMessage());
    }
  }
}
