package dev.lora4j.server.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.cli.model.ContextOption;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.cli.model.WeightsMemoryOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A server of the bundled models in this process. */
public final class RunningServer implements AutoCloseable {
  /** Room for few of the adapters that tests use. */
  private static final long ADAPTER_BYTES = 400_000;

  private final Lora4j lora = Lora4j.open();
  private final ServedBases bases;
  private final ModelCatalogue catalogue;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** With the bundled models alone. */
  public RunningServer(Path state, Path adapters, QueueLimits queue, int batch) throws IOException {
    this(state, adapters, queue, batch, List.of());
  }

  /** With an encoder too. */
  public RunningServer(Path state, Path adapters, QueueLimits queue, String name, Path encoder)
      throws IOException {
    this(state, adapters, queue, 1, List.of(new BaseOption(name, encoder)));
  }

  /** With more bases that take texts. */
  RunningServer(Path state, Path adapters, QueueLimits queue, int batch, List<BaseOption> more)
      throws IOException {
    Files.createDirectories(adapters);
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(adapters), AdapterAdmission.everything(), state, event -> {});
    ServerMetrics metrics = new ServerMetrics();
    Console console = Console.of(System.out, System.err);
    bases =
        ServedBases.open(
            console,
            lora,
            new ServedBases.Wanted(
                List.of(new BaseOption("emoji-sd", BundledModel.folder())),
                Stream.concat(Stream.of(new BaseOption("tiny-lm", TinyLm.folder())), more.stream())
                    .toList(),
                Optional.of(DType.F32),
                new PrecisionOption(),
                new WeightsMemoryOption(),
                new ContextOption(),
                Optional.empty(),
                Optional.empty(),
                ADAPTER_BYTES,
                queue,
                batch,
                CacheLimits.rows(8).prefixBytes(8 << 20)),
            library,
            metrics);
    catalogue = bases.catalogue(library);
    server =
        HttpServer.open(
            ServerOptions.loopback(0),
            RequestGuard.of(GuardOptions.strict().requireToken(false)),
            ServerRoutes.of(catalogue, metrics));
  }

  /** How many adapters had to go for others. */
  long evictions() {
    return bases.texts().get(0).adapters().counts().evictions();
  }

  ModelCatalogue catalogue() {
    return catalogue;
  }

  /** The base for pictures. */
  public StableDiffusion pictures() {
    return bases.pictures().get(0).base();
  }

  /** The language model. */
  public LanguageModel texts() {
    return bases.texts().get(0).model();
  }

  /** The encoder. */
  public TextClassifier encoder() {
    return bases.encoders().get(0).model();
  }

  /** An address of the server. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** Reads an address. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return client.send(request(path, body), HttpResponse.BodyHandlers.ofString());
  }

  HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  HttpClient client() {
    return client;
  }

  static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  @Override
  public void close() {
    server.close();
    bases.close();
    lora.close();
  }
}
