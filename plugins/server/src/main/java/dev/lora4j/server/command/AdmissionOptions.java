package dev.lora4j.server.command;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AllowedHashes;
import dev.lora4j.server.library.SignedAdapters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of which adapters in the folders may be used. */
final class AdmissionOptions {
  @Option(
      names = "--allowed-adapters",
      paramLabel = "FILE",
      description =
          "Use adapters alone whose SHA-256 is in this file, as sha256sum writes it; others do not"
              + " exist for clients.")
  private Optional<Path> hashes = Optional.empty();

  @Option(
      names = "--signed-by",
      paramLabel = "FILE",
      description =
          "Use adapters alone that have a signature NAME.safetensors.sig by one of the Ed25519 keys"
              + " in this file.")
  private Optional<Path> keys = Optional.empty();

  /** True if not everything in the folders may be used. */
  boolean any() {
    return hashes.isPresent() || keys.isPresent();
  }

  /** The rule that the options say. */
  AdapterAdmission rule() {
    if (hashes.isPresent() && keys.isPresent()) {
      throw Failure.usage("Give --allowed-adapters or --signed-by, not both.");
    }
    try {
      if (hashes.isPresent()) {
        return new AllowedHashes(hashes.get());
      }
      return keys.isPresent() ? new SignedAdapters(keys.get()) : AdapterAdmission.everything();
    } catch (IOException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }
}
