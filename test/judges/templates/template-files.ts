import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SynthesizedApp, SynthesizedApps } from './synthesized-apps';

/** What CloudFormation and the tools read of a resource. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: {
    readonly 'aws:cdk:path'?: string;
    readonly 'cdk_nag'?: { readonly rules_to_suppress: readonly { readonly id: string; readonly reason: string }[] };
    readonly 'checkov'?: { readonly skip: readonly { readonly id: string; readonly comment: string }[] };
  };
}

export type TemplateResources = Readonly<Record<string, TemplateResource>>;

/** A template in a file of its own. */
export interface TemplateFile {
  readonly app: SynthesizedApp;
  readonly name: string;
  readonly text: string;
  readonly resources: TemplateResources;
}

/** The templates, each of them once: most are the same with every version of the CDK. */
export function distinctTemplates(...versions: readonly SynthesizedApps[]): TemplateFile[] {
  const files = new Map<string, TemplateFile>();
  for (const { apps, versions: { 'aws-cdk-lib': version } } of versions) {
    for (const app of apps) {
      for (const template of app.templates) {
        const text = readFileSync(template, 'utf8');
        const { Resources: resources } = JSON.parse(text) as { Resources: TemplateResources };
        const key = `${app.name}\n${text}`;
        if (!files.has(key)) files.set(key, { app, name: `${app.name}.${version}.${basename(template)}`, text, resources });
      }
    }
  }
  return [...files.values()];
}

/** Writes the templates into a folder. */
export function writeTemplates(folder: string, templates: readonly TemplateFile[], change: (text: string) => string = text => text): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of templates) writeFileSync(join(folder, name), change(text));
}

/** The path of the resource's construct, from its stack on. */
export function pathOf({ name, resources }: TemplateFile, logicalId: string): string {
  const path = resources[logicalId].Metadata?.['aws:cdk:path'];
  if (path === undefined) throw new Error(`every resource must say where it is, ${logicalId} in ${name} does not`);
  return path;
}
