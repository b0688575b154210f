package dev.lora4j.hub.web;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Places where users of the hubs keep their tokens, as the hubs' own programs look there. */
public final class TokenPlaces {
  /** Environment variable of Hugging Face's token. */
  public static final String HUGGING_FACE = "HF_TOKEN";

  /** Environment variable of Civitai's token. */
  public static final String CIVITAI = "CIVITAI_API_TOKEN";

  private static final long MOST_BYTES = 1 << 16;

  private final Map<String, String> environment;
  private final Path home;

  /**
   * Places of a user.
   *
   * @param environment variables
   * @param home the user's own folder
   */
  public TokenPlaces(Map<String, String> environment, Path home) {
    this.environment = Map.copyOf(environment);
    this.home = home;
  }

  /** The places of the user of this process. */
  public static TokenPlaces ofProcess() {
    return new TokenPlaces(System.getenv(), Path.of(System.getProperty("user.home", "")));
  }

  /** The token for Hugging Face: of the environment, else of the file that its login writes. */
  public Optional<AccessToken> huggingFace() {
    Optional<AccessToken> given = variable(List.of(HUGGING_FACE, "HUGGING_FACE_HUB_TOKEN"));
    if (given.isPresent()) {
      return given;
    }
    Path file = loginFile();
    return Files.isRegularFile(file) ? Optional.of(file(file)) : Optional.empty();
  }

  /** The token for Civitai, of the environment. */
  public Optional<AccessToken> civitai() {
    return variable(List.of(CIVITAI));
  }

  /**
   * The token in a file.
   *
   * @throws HubException if there is none in it
   */
  public static AccessToken file(Path file) {
    try {
      return AccessToken.of(RegularFile.text(file, MOST_BYTES), "The token file " + file);
    } catch (IOException e) {
      throw new HubException("The token file cannot be read: " + RegularFile.trouble(e) + ".", e);
    }
  }

  private Path loginFile() {
    String own = value("HF_TOKEN_PATH");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String hub = value("HF_HOME");
    String cache = value("XDG_CACHE_HOME");
    Path folder =
        !hub.isEmpty()
            ? Path.of(hub)
            : (cache.isEmpty() ? home.resolve(".cache") : Path.of(cache)).resolve("huggingface");
    return folder.resolve("token");
  }

  private Optional<AccessToken> variable(List<String> names) {
    return names.stream()
        .filter(name -> !value(name).isBlank())
        .findFirst()
        .map(name -> AccessToken.of(value(name), "The environment variable " + name));
  }

  private String value(String name) {
    return environment.getOrDefault(name, "");
  }
}
