package dev.lora4j.hub.store;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The picture {@code NAME.preview.png} beside an adapter, as AUTOMATIC1111 and its kin show it. */
final class PreviewPicture {
  private static final int MOST_BYTES = 8 << 20;
  private static final int ATTEMPTS = 3;
  private static final List<String> ENDINGS = List.of(".png", ".jpeg", ".jpg", ".webp");

  private PreviewPicture() {}

  /** True if there is one, of whatever kind. */
  static boolean there(Path library, String name) {
    return ENDINGS.stream().anyMatch(e -> Files.exists(library.resolve(name + ".preview" + e)));
  }

  /**
   * Fetches the first of some pictures that is one. What cannot be had is a note, and no failure:
   * the adapter is as good without it.
   */
  static void fetch(
      WebClient client, List<URI> pictures, Path library, String name, Consumer<String> notes)
      throws IOException, InterruptedException {
    for (URI address : pictures.stream().limit(ATTEMPTS).toList()) {
      try {
        // The pictures lie at another host, which gets no token.
        byte[] bytes = client.bytes(WebRequest.of(address, Site.other(address)), MOST_BYTES);
        Optional<String> ending = ending(bytes);
        if (ending.isPresent()) {
          ByteBuffer content = ByteBuffer.wrap(bytes);
          AtomicFile.write(
              library.resolve(name + ".preview" + ending.get()),
              out -> {
                while (content.hasRemaining()) {
                  out.write(content);
                }
              });
          return;
        }
        notes.accept("A preview of " + name + " is no PNG, JPEG or WebP picture; left out.");
      } catch (HubException e) {
        notes.accept("A preview of " + name + " is left out: " + e.getMessage());
      }
    }
  }

  /** The ending for a picture by its first bytes. */
  private static Optional<String> ending(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(bytes.length, 16), StandardCharsets.ISO_8859_1);
    if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(".png");
    }
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(".jpeg");
    }
    return head.startsWith("RIFF") && head.startsWith("WEBP", 8)
        ? Optional.of(".webp")
        : Optional.empty();
  }
}
