package dev.lora4j.hub.source;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository of models on Hugging Face, or a file or folder in it.
 *
 * @param repository {@code OWNER/NAME}
 * @param revision a branch, a tag or a commit
 * @param path of a file or folder in the repository; empty for all of it
 */
public record HuggingFaceSource(String repository, String revision, String path)
    implements PullSource {
  /** The form that the command line takes. */
  static final String FORM = "hf:OWNER/REPO[@REVISION][/FILE]";

  private static final String MAIN = "main";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  private static final Pattern SHORT =
      Pattern.compile("(?<owner>[^/@]+)/(?<name>[^/@]+)(@(?<revision>[^/]+))?(/(?<path>.*))?");
  private static final Set<String> VIEWS = Set.of("blob", "resolve", "raw", "tree");
  private static final Set<String> OTHERS =
      Set.of("datasets", "spaces", "api", "docs", "collections", "papers", "models", "settings");

  /**
   * Checks the names, which become part of a path on the hub.
   *
   * @throws IllegalArgumentException if they are none of the hub's
   */
  public HuggingFaceSource {
    for (String name : repository.split("/", -1)) {
      if (!NAME.matcher(name).matches() || name.contains("..")) {
        throw new IllegalArgumentException(
            "'" + repository + "' is no repository of Hugging Face; expected " + FORM + ".");
      }
    }
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      throw new IllegalArgumentException(
          "'" + revision + "' is no branch, tag or commit of Hugging Face.");
    }
    requirePath(path);
  }

  /** Returns true if a text is a path that stays within a repository. */
  public static boolean inside(String path) {
    boolean steers = path.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\');
    return !steers
        && Arrays.stream(path.split("/", -1))
            .noneMatch(s -> s.isEmpty() || s.equals(".") || s.equals(".."));
  }

  private static void requirePath(String path) {
    if (!path.isEmpty() && !inside(path)) {
      throw new IllegalArgumentException(
          "The file '" + path + "' is no path in a repository; expected names with / between.");
    }
    FileEndings.refusal(path.substring(path.lastIndexOf('/') + 1))
        .ifPresent(
            text -> {
              throw new IllegalArgumentException(text);
            });
  }

  /** Reads what stands behind {@code hf:}. */
  static HuggingFaceSource parse(String text) {
    Matcher parts = SHORT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Expected " + FORM + ", found hf:" + text + ".");
    }
    String revision = parts.group("revision");
    String path = parts.group("path");
    return new HuggingFaceSource(
        parts.group("owner") + "/" + parts.group("name"),
        revision == null ? MAIN : revision.replace("%2F", "/").replace("%2f", "/"),
        path == null ? "" : path);
  }

  /** Reads the path of a link to the hub's pages or files. */
  static HuggingFaceSource of(List<String> segments) {
    if (segments.size() < 2 || OTHERS.contains(segments.get(0))) {
      throw new IllegalArgumentException(
          "The link leads to no repository of models on Hugging Face; open the adapter's page, or"
              + " write "
              + FORM
              + ".");
    }
    String repository = segments.get(0) + "/" + segments.get(1);
    if (segments.size() == 2) {
      return new HuggingFaceSource(repository, MAIN, "");
    }
    if (!VIEWS.contains(segments.get(2)) || segments.size() < 4) {
      throw new IllegalArgumentException(
          "The link leads to no file of "
              + repository
              + "; open the file's page, or write "
              + FORM);
    }
    // Revisions of pull requests are the only ones whose names have slashes that stay in links.
    int end = segments.get(3).equals("refs") && segments.size() >= 6 ? 6 : 4;
    return new HuggingFaceSource(
        repository,
        String.join("/", segments.subList(3, end)),
        String.join("/", segments.subList(end, segments.size())));
  }

  @Override
  public String text() {
    return "hf:"
        + repository
        + (revision.equals(MAIN) ? "" : "@" + revision.replace("/", "%2F"))
        + (path.isEmpty() ? "" : "/" + path);
  }
}
