package dev.lora4j.studio.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Console;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.command.Serving;
import dev.lora4j.server.command.ServingOptions;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** A studio of the bundled models in this process, in a folder of its own. */
public final class RunningStudio implements AutoCloseable {
  /** An answer whose body has arrived. */
  public record Answer(int status, HttpResponse<byte[]> response) {
    public JsonObject json() {
      return JsonParser.parseString(text()).getAsJsonObject();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
      return response.body();
    }

    /** What the user is told, of an answer that is an error. */
    public String message() {
      return json().getAsJsonObject("error").get("message").getAsString();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  private final Workspace workspace;
  private final Serving serving;
  private final Studio studio;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Opens one in a folder, with {@code studio} and {@code adapters} in it. */
  public RunningStudio(Path root) throws IOException {
    Path adapters = Files.createDirectories(root.resolve("adapters"));
    Path folder = Files.createDirectories(root.resolve("studio"));
    workspace = new Workspace(folder, List.of(adapters), Path.of(""));
    ServingOptions options = new ServingOptions();
    CommandLine.populateCommand(
        options, "--adapters=" + adapters, "--compute=f32", "--log=" + root.resolve("log.txt"));
    serving = options.open(Console.of(System.out, System.err));
    try {
      studio = Studio.open(workspace, serving.catalogue(), Map.of());
      server =
          HttpServer.open(
              ServerOptions.loopback(0),
              RequestGuard.of(GuardOptions.strict().requireToken(false)),
              serving.routes().with(studio.routes()));
    } catch (IOException | RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  public Workspace workspace() {
    return workspace;
  }

  public ModelCatalogue models() {
    return serving.catalogue();
  }

  /** The folder of its adapters. */
  public Path adapters() {
    return workspace.newAdapters();
  }

  public HttpClient client() {
    return client;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(uri(path)).build());
  }

  /** A path with a parameter, for addresses. */
  public static String with(String path, String name, String value) {
    return path + "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  public Answer post(String path, JsonElement body) throws IOException, InterruptedException {
    return answer(request(path, body.toString()));
  }

  /** The same with a body as text in which quotes are written as {@code '}. */
  public Answer post(String path, String body) throws IOException, InterruptedException {
    return answer(request(path, body.replace('\'', '"')));
  }

  public HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private Answer answer(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response);
  }

  @Override
  public void close() {
    server.close();
    studio.close();
    serving.close();
  }
}
