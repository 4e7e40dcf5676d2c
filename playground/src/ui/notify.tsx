import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { Fault } from '../api/fault';
import { faultText } from '../api/faultText';

/** Tells in passing that something was done. */
export function notifyDone(title: string, message: string): void {
  notifications.show({ title, message, color: 'teal', icon: <IconCheck size={18} /> });
}

/** Tells in passing that something could not be done, and why. */
export function notifyFault(fault: Fault): void {
  const { title, detail } = faultText(fault, new Date());
  notifications.show({
    title,
    message: detail,
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 8_000,
  });
}
