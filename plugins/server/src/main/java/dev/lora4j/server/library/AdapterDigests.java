package dev.lora4j.server.library;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** SHA-256 of adapters, of one file or of several, as {@link AdapterAdmission.Digest} has them. */
final class AdapterDigests {
  private final HashIndex index;

  AdapterDigests(HashIndex index) {
    this.index = index;
  }

  /** The digest in hexadecimal, if nothing has to be read for it. */
  Optional<String> known(AdapterFile file) {
    return file.parts().size() == 1 ? index.known(file.parts().get(0)) : Optional.empty();
  }

  /** The digest in hexadecimal. */
  String sha256(AdapterFile file) throws IOException {
    if (file.parts().size() == 1) {
      return index.sha256(file.parts().get(0));
    }
    StringBuilder lines = new StringBuilder();
    for (AdapterFile.Part part : file.parts()) {
      lines.append(index.sha256(part)).append("  ").append(part.name()).append('\n');
    }
    return Digests.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
