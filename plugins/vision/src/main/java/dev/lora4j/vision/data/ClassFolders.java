package dev.lora4j.vision.data;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A folder with a folder of pictures for each class, in the order of their names. Files that have
 * no name of a picture, and hidden ones, are passed over.
 *
 * @param path of the folder
 * @param labels names of the classes
 * @param files the pictures of each class
 */
public record ClassFolders(Path path, List<String> labels, List<List<Path>> files) {
  private static final int SHOWN = 20;
  private static final long HELD = 31;

  /** Copies its lists. */
  public ClassFolders {
    labels = List.copyOf(labels);
    files = files.stream().map(List::copyOf).toList();
  }

  /**
   * Lists the pictures; none is opened.
   *
   * @throws PictureDataException if there are no classes, or one has no pictures
   */
  public static ClassFolders of(Path path) {
    List<Path> classes = list(path).stream().filter(Files::isDirectory).toList();
    if (classes.isEmpty()) {
      throw new PictureDataException(
          path
              + " has no folders of classes; expected a folder for each class, with its pictures in"
              + " it.");
    }
    List<String> labels = new ArrayList<>();
    List<List<Path>> files = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path one : classes) {
      List<Path> pictures = list(one).stream().filter(PictureFile::named).toList();
      labels.add(String.valueOf(one.getFileName()));
      files.add(pictures);
      if (pictures.isEmpty()) {
        problems.add(one + " has no pictures; add some, or remove the class.");
      }
      list(one).stream()
          .filter(PictureFile::unread)
          .forEach(file -> problems.add(file + " is of a format that is not read."));
    }
    require(problems);
    return new ClassFolders(path, labels, files);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> !String.valueOf(p.getFileName()).startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new PictureDataException(
          "Cannot read " + folder + ": " + RegularFile.trouble(e) + ".", e);
    }
  }

  private static void require(List<String> problems) {
    if (!problems.isEmpty()) {
      int more = problems.size() - SHOWN;
      throw new PictureDataException(
          String.join("\n", problems.subList(0, Math.min(SHOWN, problems.size())))
              + (more > 0 ? "\n... and " + more + " more." : ""));
    }
  }

  /** Number of pictures. */
  public int count() {
    return files.stream().mapToInt(List::size).sum();
  }

  /**
   * Refuses what nothing could be learned of.
   *
   * @throws PictureDataException if there is one class alone
   */
  public void requireSeveral() {
    if (labels.size() < 2) {
      throw new PictureDataException(
          path + " has one class, " + labels.get(0) + "; a model tells two or more apart.");
    }
  }

  /**
   * The same pictures with the classes of a model.
   *
   * @param known the model's classes
   * @throws PictureDataException if the model does not know a class
   */
  public ClassFolders in(List<String> known) {
    List<String> foreign = labels.stream().filter(l -> !known.contains(l)).toList();
    if (!foreign.isEmpty()) {
      throw new PictureDataException(
          path
              + " has classes that the model does not know: "
              + String.join(", ", foreign)
              + ". It tells apart "
              + named(known)
              + ".");
    }
    List<List<Path>> all = new ArrayList<>();
    for (String label : known) {
      int at = labels.indexOf(label);
      all.add(at < 0 ? List.of() : files.get(at));
    }
    return new ClassFolders(path, known, all);
  }

  private static String named(List<String> known) {
    return known.size() <= SHOWN
        ? String.join(", ", known)
        : String.join(", ", known.subList(0, SHOWN)) + " and " + (known.size() - SHOWN) + " more";
  }

  /**
   * The pictures that are held out, or all others: the same share of each class, by chance. A class
   * of two pictures or more keeps one to learn from.
   *
   * @param share from 0 to below 1
   * @param held whether those that are held out are wanted
   */
  public ClassFolders part(double share, long seed, boolean held) {
    List<List<Path>> all = new ArrayList<>();
    for (int label = 0; label < files.size(); label++) {
      List<Path> own = files.get(label);
      int[] order = SeededNoise.of(seed, HELD, label).permutation(own.size());
      int count = (int) Math.min(Math.round(share * own.size()), Math.max(0, own.size() - 1));
      List<Path> some = new ArrayList<>();
      for (int i = held ? 0 : count; i < (held ? count : own.size()); i++) {
        some.add(own.get(order[i]));
      }
      all.add(some.stream().sorted().toList());
    }
    return new ClassFolders(path, labels, all);
  }

  /**
   * Reads the pictures. All are in memory, resized.
   *
   * @param listener receives the number that are done
   * @throws PictureDataException with all that cannot be read
   */
  public List<ClassedPicture> read(PicturePreparation how, IntConsumer listener) {
    List<ClassedPicture> all = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int label = 0; label < files.size(); label++) {
      for (Path file : files.get(label)) {
        try {
          PictureFile read = PictureFile.read(file);
          all.add(
              new ClassedPicture(
                  file.toString(), read.sha256(), how.resized(read.decode()), label));
        } catch (PictureFileException e) {
          problems.add(file + " " + e.getMessage());
        }
        listener.accept(all.size() + problems.size());
      }
    }
    require(problems);
    return all;
  }
}
