package dev.lora4j.studio.action;

import java.util.List;

/**
 * A command line with its name.
 *
 * @param title what the list of jobs calls it
 * @param arguments words of the command line after the program
 * @param adapter name of the adapter that it makes; empty if it makes none
 */
public record Task(String title, List<String> arguments, String adapter) {
  /** Copies the list. */
  public Task {
    arguments = List.copyOf(arguments);
  }
}
