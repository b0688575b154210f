package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.guard.AccessToken;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.Principal;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.guard.TokenFile;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.http.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options of where a server listens, and whom it admits. */
public final class ListenOptions {
  private static final int HIGHEST_PORT = 65535;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port (default: ${DEFAULT-VALUE}); 0 for any that is free.",
      defaultValue = "7860")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description =
          "Listen at an address that other machines reach, such as 0.0.0.0 or 192.168.1.5, instead"
              + " of at this machine's own alone; needs --token-file.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Admit clients with a token alone: a line NAME TOKEN for each, or NAME sha256:HEX. The name"
              + " is that of the tenant.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--allowed-host",
      paramLabel = "NAME",
      description =
          "Name by which clients ask for this machine, beside localhost. May be given several times.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--allowed-origin",
      paramLabel = "ORIGIN",
      description =
          "Page of another server that may use this one, such as https://example.org. May be given"
              + " several times.")
  private List<String> origins = new ArrayList<>();

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "How long running requests may take to finish when the server is stopped (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "30")
  private int drain;

  private List<AccessToken> tokens = List.of();
  private List<InetAddress> places = List.of();
  private List<String> openPaths = List.of();

  /** Refuses what cannot be meant, before anything slow begins. */
  public void require(Console console) {
    if (drain < 0) {
      throw Failure.usage("--drain must be at least 0, found " + drain + ".");
    }
    if (port < 0 || port > HIGHEST_PORT) {
      throw Failure.usage("--port must be 0 to " + HIGHEST_PORT + ", found " + port + ".");
    }
    if (!addresses.isEmpty() && tokenFile.isEmpty()) {
      throw Failure.usage(
          "--listen lets other machines in, so it needs --token-file: a file with a line NAME TOKEN"
              + " for each client.");
    }
    places = addresses();
    if (tokenFile.isPresent()) {
      try {
        TokenFile read = TokenFile.read(tokenFile.get());
        read.warnings().forEach(console::note);
        tokens = read.tokens();
      } catch (IOException e) {
        throw new Failure(String.valueOf(e.getMessage()), e);
      }
    }
    Failure.usage(this::guard);
  }

  private List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    for (String address : addresses) {
      try {
        all.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        throw new Failure("--listen: there is no address " + address + ".", e);
      }
    }
    return all;
  }

  private RequestGuard guard() {
    List<String> names = new ArrayList<>(hosts);
    addresses.forEach(names::add);
    return RequestGuard.of(
        GuardOptions.strict()
            .requireToken(!tokens.isEmpty())
            .tokens(tokens)
            .hosts(names)
            .openPaths(openPaths)
            .origins(origins));
  }

  /**
   * Requires a token at this machine too, and makes one unless there is a token file.
   *
   * @param open paths that need none
   * @return the token that was made; empty if those of the file count
   */
  public Optional<String> requireToken(List<String> open) {
    openPaths = List.copyOf(open);
    if (!tokens.isEmpty()) {
      return Optional.empty();
    }
    String made = AccessToken.random();
    tokens = List.of(AccessToken.of(Principal.NOBODY, made));
    return Optional.of(made);
  }

  /**
   * Listens until the program is told to stop.
   *
   * @param opened receives the server's address when it listens
   */
  public void serve(Console console, Routes routes, Consumer<String> opened) {
    ServerOptions options = ServerOptions.loopback(port);
    options = places.isEmpty() ? options : options.addresses(places);
    try (HttpServer server = HttpServer.open(options, guard(), routes)) {
      opened.accept(address(server.port()));
      await();
      console.note("Stopping; running requests may take up to " + drain + " s to finish.");
      stop(server);
    } catch (IOException e) {
      throw new Failure(trouble(e), e);
    }
  }

  /** Who is admitted, for messages. */
  String clients() {
    return tokens.isEmpty() ? "for programs of this machine" : "for clients with a token";
  }

  /** Waits until the program is told to stop. */
  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // That was the sign.
    }
  }

  private void stop(HttpServer server) {
    try {
      server.drain(Duration.ofSeconds(drain));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String address(int open) {
    String host =
        addresses.isEmpty()
            ? "127.0.0.1"
            : addresses.get(0).contains(":") ? "[" + addresses.get(0) + "]" : addresses.get(0);
    return "http://" + host + ":" + open;
  }

  /** The reason why it could not listen. */
  private String trouble(IOException e) {
    return "Cannot listen at port "
        + port
        + ": "
        + e.getMessage()
        + ". Another program may use it; --port 0 takes any that is free.";
  }
}
