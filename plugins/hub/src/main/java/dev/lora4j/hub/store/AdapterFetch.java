package dev.lora4j.hub.store;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.hub.listing.RemoteAdapter;
import dev.lora4j.hub.listing.RemoteFile;
import dev.lora4j.hub.source.FileEndings;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** The way of an adapter into a library: parts, checks, its note and picture, its name at last. */
public final class AdapterFetch {
  private static final String CONFIG = "adapter_config.json";

  private final WebClient client;
  private final StoreOptions options;
  private final Arrival arrival;
  private final Consumer<String> notes;

  /**
   * A way for any number of adapters.
   *
   * @param notes gets sentences about what happens on it
   */
  public AdapterFetch(
      WebClient client, StoreOptions options, Arrival arrival, Consumer<String> notes) {
    this.client = client;
    this.options = options;
    this.arrival = arrival;
    this.notes = notes;
  }

  /** Where an adapter will lie. */
  public Path target(RemoteAdapter adapter) {
    return Staging.target(options.library(), adapter.name(), adapter.folder());
  }

  /**
   * Fetches an adapter, or what is missing of it.
   *
   * @param adapter with a safe name
   * @throws HubException if it cannot be had, is none, or its place is taken
   * @throws IOException if it cannot be written
   * @throws CancellationException if the thread was interrupted; the message says what is kept
   */
  public StoredAdapter run(RemoteAdapter adapter) throws IOException {
    requireOneKind(adapter);
    try (Staging staging = Staging.of(options.library(), adapter.name(), adapter.folder())) {
      if (Files.exists(staging.target()) && !options.overwrite()) {
        return there(adapter, staging.target());
      }
      try {
        return fetched(adapter, staging);
      } catch (InterruptedException e) {
        throw stopped(adapter, staging, e);
      }
    }
  }

  /** Of a file and a folder of one name, which is meant would depend on who looks. */
  private void requireOneKind(RemoteAdapter adapter) {
    Path other = Staging.target(options.library(), adapter.name(), !adapter.folder());
    if (Files.exists(other)) {
      throw new HubException(
          other
              + " is there already, so that there would be two adapters of the name "
              + adapter.name()
              + ". Take another name by --name.");
    }
  }

  private StoredAdapter there(RemoteAdapter adapter, Path target) throws IOException {
    Path tensors = adapter.folder() ? target.resolve(adapter.tensors().name()) : target;
    String found = Files.isRegularFile(tensors) ? FileHashes.sha256(tensors) : "";
    if (!adapter.tensors().sha256().equals(Optional.of(found))) {
      throw new HubException(
          target
              + " is there already, and "
              + (adapter.tensors().sha256().isEmpty()
                  ? "the server does not say whether it is the same"
                  : "is another file")
              + ". --overwrite replaces it; --name stores this one beside it.");
    }
    long bytes = Files.size(tensors);
    Path sidecar = Sidecar.of(options.library(), adapter.name());
    if (Files.notExists(sidecar)) {
      Sidecar.write(sidecar, adapter.provenance(), found, bytes, Optional.empty());
    }
    return new StoredAdapter(target, true, bytes, found, Optional.empty(), List.of());
  }

  private StoredAdapter fetched(RemoteAdapter adapter, Staging staging)
      throws IOException, InterruptedException {
    String file = fileName(adapter);
    takeBack(staging, file);
    Sidecar.requirePlace(Sidecar.of(options.library(), adapter.name()));
    Optional<byte[]> config = config(adapter);
    Path arrived;
    String sha256;
    try (PartFile part = PartFile.open(staging.place(), file)) {
      new Download(
              client, adapter.site(), adapter.tensors(), part, options.mostBytes(), arrival, notes)
          .run();
      arrived = part.path();
      sha256 = part.sha256();
    }
    long bytes = Files.size(arrived);
    Path whole = arrived;
    if (config.isPresent()) {
      whole = staging.assembly();
      Files.createDirectories(whole);
      AtomicFile.write(whole.resolve(CONFIG), new String(config.get(), StandardCharsets.UTF_8));
      Files.move(arrived, whole.resolve(file), StandardCopyOption.ATOMIC_MOVE);
      Staging.sync(whole);
    }
    Examined examined = examined(staging, whole, adapter.name());
    Optional<Family> family = examined.family();
    beside(adapter, sha256, bytes, family);
    staging.publish(whole);
    staging.clear();
    return new StoredAdapter(
        staging.target(), false, bytes, sha256, family.map(Family::title), examined.warnings());
  }

  /** Name of the file with the tensors here; a folder's is one that PEFT or MLX-LM gives it. */
  private static String fileName(RemoteAdapter adapter) {
    return adapter.folder() ? adapter.tensors().name() : adapter.name() + FileEndings.SAFETENSORS;
  }

  /** A process that was killed in between had put the file into its folder already. */
  private static void takeBack(Staging staging, String file) throws IOException {
    Path assembled = staging.assembly().resolve(file);
    if (Files.exists(assembled)) {
      Path part = staging.place().resolve(file + ".part");
      Files.move(assembled, part, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The small file comes first: what is wrong with it costs little then. */
  private Optional<byte[]> config(RemoteAdapter adapter) throws InterruptedException {
    if (adapter.config().isEmpty()) {
      return Optional.empty();
    }
    RemoteFile file = adapter.config().get();
    byte[] bytes =
        client.bytes(WebRequest.of(file.address(), adapter.site()), (int) RegularFile.TEXT);
    if (file.size().filter(s -> s.exact() && s.bytes() != bytes.length).isPresent()
        || !object(bytes)) {
      throw new HubException(
          "The "
              + file.name()
              + " of "
              + adapter.name()
              + " is not whole, or no JSON object. Try again; else it is broken at its source.");
    }
    return Optional.of(bytes);
  }

  private static boolean object(byte[] bytes) {
    try {
      return JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
          instanceof JsonObject;
    } catch (JsonParseException e) {
      return false;
    }
  }

  private static Examined examined(Staging staging, Path whole, String name) throws IOException {
    try {
      return Examined.of(whole, name, Examined.bytes(whole));
    } catch (HubException e) {
      staging.clear();
      throw e;
    }
  }

  private void beside(RemoteAdapter adapter, String sha256, long bytes, Optional<Family> family)
      throws IOException, InterruptedException {
    Path library = options.library();
    Path sidecar = Sidecar.of(library, adapter.name());
    Sidecar.write(sidecar, adapter.provenance(), sha256, bytes, family);
    List<URI> pictures = adapter.provenance().previews();
    if (options.previews()
        && (options.overwrite() || !PreviewPicture.there(library, adapter.name()))) {
      PreviewPicture.fetch(client, pictures, library, adapter.name(), notes);
    }
  }

  private static CancellationException stopped(
      RemoteAdapter adapter, Staging staging, InterruptedException e) throws IOException {
    String file = fileName(adapter);
    Path part = staging.place().resolve(file + ".part");
    Path assembled = staging.assembly().resolve(file);
    long kept =
        Files.exists(part) ? Files.size(part) : Files.exists(assembled) ? Files.size(assembled) : 0;
    CancellationException stopped =
        new CancellationException(
            kept == 0
                ? "Stopped before anything of " + adapter.name() + " had arrived."
                : "Stopped. "
                    + DiskRoom.megabytes(kept)
                    + " of "
                    + adapter.name()
                    + " are kept in "
                    + staging.place()
                    + ". The same command goes on from there.");
    stopped.initCause(e);
    return stopped;
  }
}
