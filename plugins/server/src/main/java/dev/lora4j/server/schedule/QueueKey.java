package dev.lora4j.server.schedule;

/**
 * Account that work is charged to.
 *
 * @param tenant name of the client's account; empty if clients have none
 * @param adapter name of the adapter; empty for the base alone
 */
public record QueueKey(String tenant, String adapter) {}
