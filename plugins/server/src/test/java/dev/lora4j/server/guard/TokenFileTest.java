package dev.lora4j.server.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), text);
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    return file;
  }

  @Test
  void linesGiveTokensOfTenants() throws IOException {
    String digest = HexFormat.of().formatHex(AccessToken.digest("another secret of ben"));
    TokenFile read =
        TokenFile.read(file("# all\n\nanna " + SECRET + "\r\n ben\tsha256:" + digest + "\n"));
    assertEquals(List.of(), read.warnings());
    assertEquals(List.of("anna", "ben"), read.tokens().stream().map(AccessToken::tenant).toList());
    assertEquals("anna", Credentials.tenant(SECRET, read.tokens()).orElseThrow());
    assertEquals("ben", Credentials.tenant("another secret of ben", read.tokens()).orElseThrow());
    assertTrue(Credentials.tenant(digest, read.tokens()).isEmpty());
  }

  @Test
  void wrongLinesAreRefusedByNumber() throws IOException {
    for (String wrong :
        List.of(
            "anna",
            "anna " + SECRET + " more",
            "anna short",
            "an/na " + SECRET,
            "anna sha256:12",
            "anna sha256:" + "g".repeat(64),
            "anna 0123456789abcdef0123456789äöüß",
            "ben " + SECRET)) {
      Path file = file("# tokens\nfirst " + SECRET + "\n" + wrong + "\n");
      String message = assertThrows(IOException.class, () -> TokenFile.read(file)).getMessage();
      assertTrue(message.contains("line 3: "), message);
      assertFalse(message.contains(SECRET), message);
    }
  }

  @Test
  void fileWithoutTokensIsRefused() throws IOException {
    Path empty = file("# none\n");
    assertThrows(IOException.class, () -> TokenFile.read(empty));
    assertThrows(IOException.class, () -> TokenFile.read(folder));
    assertThrows(IOException.class, () -> TokenFile.read(folder.resolve("absent")));
  }

  @Test
  void readableFileIsWarnedOf() throws IOException {
    Path file = file("anna " + SECRET);
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      List<String> warnings = TokenFile.read(file).warnings();
      assertEquals(1, warnings.size());
      assertTrue(warnings.get(0).contains("chmod 600"));
    }
  }

  @Test
  void randomTokensHave256Bits() {
    assertEquals(43, AccessToken.random().length());
    assertNotEquals(AccessToken.random(), AccessToken.random());
  }
}
