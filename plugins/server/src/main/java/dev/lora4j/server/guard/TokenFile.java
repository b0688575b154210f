package dev.lora4j.server.guard;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tokens of tenants, a line each: {@code NAME TOKEN}, or {@code NAME sha256:HEX}. Empty lines
 * and those that begin with {@code #} count for nothing; a tenant may have several tokens.
 *
 * @param tokens the tokens in the order of their lines
 * @param warnings what the owner of the file should change
 */
public record TokenFile(List<AccessToken> tokens, List<String> warnings) {
  private static final long MOST_BYTES = 1 << 20;
  private static final int LEAST_CHARACTERS = 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-fA-F]{64}");

  /** Copies the lists. */
  public TokenFile {
    tokens = List.copyOf(tokens);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, or a line is wrong; the message names the line and
   *     never what stands in it
   */
  public static TokenFile read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "The token file " + file + " is no file. Make one with a line NAME TOKEN per tenant.");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(
          "The token file "
              + file
              + " is larger than 1 MiB; expected a line NAME TOKEN per tenant.");
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IOException("The token file " + file + " is no text in UTF-8.", e);
    }
    List<AccessToken> tokens = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        String wrong = add(line.split("\\s+", -1), tokens);
        if (!wrong.isEmpty()) {
          throw new IOException("The token file " + file + ", line " + (i + 1) + ": " + wrong);
        }
      }
    }
    if (tokens.isEmpty()) {
      throw new IOException(
          "The token file " + file + " has no token. Add a line NAME TOKEN per tenant.");
    }
    return new TokenFile(tokens, warnings(file));
  }

  /** Adds the token of a line; what is wrong with it, or an empty text. */
  private static String add(String[] words, List<AccessToken> tokens) {
    if (words.length != 2) {
      return "expected a name and a token, found " + words.length + " words.";
    }
    String name = words[0];
    String secret = words[1];
    if (!NAME.matcher(name).matches()) {
      return "a name has letters, digits, dots, dashes and underscores, and at most 64 of them.";
    }
    boolean digest = secret.startsWith("sha256:");
    if (digest && !DIGEST.matcher(secret).matches()) {
      return "expected 64 hexadecimal digits after sha256:.";
    }
    if (!digest && (secret.length() < LEAST_CHARACTERS || !TOKEN.matcher(secret).matches())) {
      return "expected a token of at least "
          + LEAST_CHARACTERS
          + " visible ASCII characters; openssl rand -hex 32 makes one.";
    }
    AccessToken token =
        digest
            ? AccessToken.ofDigest(name, secret.substring("sha256:".length()))
            : AccessToken.of(name, secret);
    if (tokens.stream().anyMatch(token::sameSecret)) {
      return "an earlier line has the same token; each tenant needs its own.";
    }
    tokens.add(token);
    return "";
  }

  private static List<String> warnings(Path file) throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      boolean open =
          permissions.contains(PosixFilePermission.GROUP_READ)
              || permissions.contains(PosixFilePermission.OTHERS_READ);
      return open
          ? List.of(
              "The token file " + file + " can be read by other users. chmod 600 keeps them out.")
          : List.of();
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions says nothing of them.
      return List.of();
    }
  }
}
